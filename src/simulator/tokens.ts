import type { Instant } from '../domain/time.ts';
import { json, Refusal, type Reply } from './reply.ts';

export interface TokenOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenLifetimeSeconds: number;
}

/** Grants tokens for client credentials and tells whether one is good. */
export class Tokens {
  private readonly expiries = new Map<string, Instant>();
  private readonly options: TokenOptions;

  constructor(options: TokenOptions) {
    this.options = options;
  }

  /** Answers `POST /oauth/token`. */
  grant(authorization: string | undefined, form: string, now: Instant): Reply {
    const { clientId, clientSecret, tokenLifetimeSeconds } = this.options;
    const expected = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    if (authorization !== `Basic ${expected}`) {
      return oauthError('invalid_client', 'client not found or wrong secret', 'authentication failed');
    }
    if (new URLSearchParams(form).get('grant_type') !== 'client_credentials') {
      return oauthError('unsupported_grant_type', 'grant type is not supported', 'only client_credentials');
    }
    const token = `simulated-token-${this.expiries.size + 1}`;
    this.expiries.set(token, now + tokenLifetimeSeconds * 1_000);
    return json(200, { access_token: token, token_type: 'bearer', expires_in: tokenLifetimeSeconds });
  }

  /** @throws {Refusal} 401 unless the header carries a token that was granted and has not expired. */
  check(authorization: string | undefined, now: Instant): void {
    const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw new Refusal(401, 'authentication.required', 'No authentication bearer token specified.');
    }
    const expiresAt = this.expiries.get(token);
    if (expiresAt === undefined) {
      throw new Refusal(401, 'bad.credentials', 'Invalid login credentials.');
    }
    if (now >= expiresAt) {
      throw new Refusal(401, 'credentials.expired', 'The credentials have expired.');
    }
  }
}

/** The token endpoint's way of saying "too many requests". */
export function tokenRateLimited(): Reply {
  return oauthError('invalid_request', 'rate limit exceeded', 'rate limit exceeded');
}

function oauthError(error: string, description: string, errorDescription: string): Reply {
  return json(400, { error, description, error_description: errorDescription });
}
