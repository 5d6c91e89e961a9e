import { z } from 'zod';
import { ApiError, AuthError, UnavailableError } from '../domain/errors.ts';
import { type Instant, MINUTE, SECOND } from '../domain/time.ts';
import type { Clock, Random } from '../sweep/ports.ts';
import type { Reply } from './dispatch.ts';
import { orAborted } from './or-aborted.ts';
import { parseJson, replyError } from './reply-errors.ts';
import { backOffMs, retryDelayMs } from './retry.ts';
import { said } from './said.ts';

/** One access token for the whole process: Genesys asks integrations to use a single one. */
export interface TokenSource {
  /**
   * The current token, asking for a new one when there is none or 80 % of its life has passed. An abort ends this
   * caller's wait only.
   */
  get(signal: AbortSignal): Promise<string>;
  /** The remote side refused this token; a newer one stays. */
  invalidate(token: string): void;
}

/** RFC 6750; anything else cannot be sent in a header. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;
const tokenReply = z.object({ access_token: z.string().regex(TOKEN), expires_in: z.number().positive() });
const tokenError = z.object({
  error: z
    .string()
    .transform((text) => said(text))
    .optional(),
  description: z.string().optional(),
  error_description: z.string().optional(),
});

const RENEW_AT = 0.8;
/** When the renewal has failed and the old token goes on. */
const RENEW_AGAIN_MS = MINUTE;

/** 1, 2, 4, 8, 16 s: half a minute of "rate limit exceeded" is not a burst any more. */
const MAX_REPEATS_RATE_LIMITED = 5;

/**
 * Client-credentials tokens have no refresh token: renewing means asking again (official).
 *
 * @param ask sends one paced token request; `isRepeat` when an earlier one failed
 * @param signal ends the waiting for all who share the token; not that of one conversation, which must not fail the
 *   others
 */
export function createTokenSource(options: {
  ask: (signal: AbortSignal, isRepeat: boolean) => Promise<Reply>;
  loginHost: string;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  onToken: (token: string) => void;
}): TokenSource {
  const { ask, loginHost, clock, random, signal, onToken } = options;
  let current: { token: string; renewAt: Instant; endsAt: Instant } | null = null;
  let asking: Promise<string> | null = null;

  async function renew(): Promise<string> {
    for (let repeats = 0; ; repeats++) {
      const answer = await once(repeats > 0);
      if (typeof answer === 'string') return answer;
      const delay = delayMs(answer, repeats);
      if (delay === null) {
        if (current !== null && clock.now() < current.endsAt) return stretched(current);
        throw new UnavailableError(
          `No token could be had: ${answer.message}; check the network and GENESYS_ENVIRONMENT, then run again.`,
          { cause: answer },
        );
      }
      await clock.sleep(delay, signal);
    }
  }

  /** A renewal that fails is no reason to end a run while the old token is still good. */
  function stretched(old: { token: string; renewAt: Instant }): string {
    old.renewAt = clock.now() + RENEW_AGAIN_MS;
    return old.token;
  }

  function delayMs(error: ApiError, repeats: number): number | null {
    if (error.failure !== 'rate_limited')
      return retryDelayMs(error, repeats, { repeatable: true, optional: false }, random);
    return repeats < MAX_REPEATS_RATE_LIMITED ? backOffMs(repeats, random) : null;
  }

  /** One try: the token, now `current`, or what went wrong. Throws AuthError when asking again is pointless. */
  async function once(isRepeat: boolean): Promise<string | ApiError> {
    const askedAt = clock.now();
    let reply: Reply;
    try {
      reply = await ask(signal, isRepeat);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    if (reply.status === 200) {
      const json = parseJson(reply.body);
      const parsed = tokenReply.safeParse(json);
      if (!parsed.success) {
        // A page of something in between, or half an answer: asked again it may well be a whole one.
        const failure = json === null ? 'lost' : 'not_json';
        return new ApiError(`${loginHost} answered with something that is not a token`, { failure });
      }
      onToken(parsed.data.access_token);
      const lifeMs = parsed.data.expires_in * SECOND;
      current = {
        token: parsed.data.access_token,
        renewAt: askedAt + lifeMs * RENEW_AT,
        endsAt: askedAt + lifeMs,
      };
      return current.token;
    }
    return refusal(reply);
  }

  function refusal(reply: Reply): ApiError {
    const parsed = tokenError.safeParse(parseJson(reply.body));
    const body = parsed.success ? parsed.data : {};
    const words = `${body.error ?? ''} ${body.description ?? ''} ${body.error_description ?? ''}`;
    if (/rate limit exceeded/i.test(words) || reply.status === 429) {
      return new ApiError(`${loginHost} says that too many tokens were asked for`, {
        failure: 'rate_limited',
        status: reply.status,
      });
    }
    if ([400, 401, 403].includes(reply.status)) {
      throw new AuthError(
        `${loginHost} refused the client credentials (${body.error ?? reply.status}); check GENESYS_CLIENT_ID and its secret, and above all the region: GENESYS_ENVIRONMENT must be the one the OAuth client was made in.`,
      );
    }
    return replyError(reply, `the token request to ${loginHost}`, 'the client-credentials grant');
  }

  return {
    get: async (caller) => {
      caller.throwIfAborted();
      if (current !== null && clock.now() < current.renewAt) return current.token;
      asking ??= renew().finally(() => {
        asking = null;
      });
      return orAborted(asking, caller);
    },
    invalidate: (token) => {
      if (current?.token === token) current = null;
    },
  };
}
