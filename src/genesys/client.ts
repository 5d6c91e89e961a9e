import { Agent } from 'undici';
import { noRequests } from '../domain/run.ts';
import type {
  CallContext,
  Clock,
  ConversationApi,
  Log,
  Organization,
  Random,
  RemoteInfo,
} from '../sweep/ports.ts';
import { createDispatch, type Reply } from './dispatch.ts';
import { createGatewayApi } from './gateway-api.ts';
import { createPacer } from './pacer.ts';
import { createPlatformApi } from './platform-api.ts';
import { type RateLimit, readRateLimit } from './rate-limit.ts';
import { createSend, type Operation } from './request.ts';
import { createTokenSource } from './token.ts';
import { organization, tokenOwner } from './wire.ts';

export interface ClientOptions {
  readonly contract: 'platform' | 'gateway';
  readonly apiUrl: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly revealSecret: () => string;
  /** Gateway contract only. */
  readonly closeReason: string | null;
  readonly ratePerMinute: number;
  readonly concurrency: number;
  readonly attemptTimeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly userAgent: string;
  /** Ends everything that waits. */
  readonly signal: AbortSignal;
}

/** Who the token belongs to. */
export interface TokenOwner {
  readonly organization: Organization;
  readonly client: string | null;
}

export interface Client {
  readonly conversations: ConversationApi;
  readonly remote: RemoteInfo;
  tokenOwner(context: CallContext): Promise<TokenOwner>;
  /** As the latest reply told it. */
  rateLimit(): RateLimit | null;
  /** Closes the connections. */
  close(): Promise<void>;
}

const ACCOUNT: Operation = {
  what: 'asking whose token this is',
  counts: null,
  permission: 'no permission beyond a valid token',
  repeatable: true,
  priority: 'first',
};

/** Puts the client together: token → retry → pacer → dispatch, and one of the two contracts on top. */
export function createClient(options: ClientOptions): Client {
  const { clock, random, log, signal } = options;
  const agent = new Agent({
    connect: { timeout: options.attemptTimeoutMs },
    headersTimeout: options.attemptTimeoutMs,
    bodyTimeout: options.attemptTimeoutMs,
    connections: options.concurrency,
  });
  const dispatch = createDispatch({ agent, clock, attemptTimeoutMs: options.attemptTimeoutMs });
  const pacer = createPacer({
    clock,
    ratePerMinute: options.ratePerMinute,
    maxConcurrent: options.concurrency,
    onError: (error) => log.warn('the pacer reported an error', { error: String(error) }),
  });
  const figures = noRequests();
  let skewMs: number | null = null;
  let limit: RateLimit | null = null;

  const tokens = createTokenSource({
    ask: (abort) => pacer.run(askForToken, abort, 'first'),
    loginHost: new URL(options.loginUrl).host,
    clock,
    random,
    signal,
  });

  const send = createSend({
    apiUrl: options.apiUrl,
    dispatch,
    tokens,
    pacer,
    clock,
    random,
    log,
    figures,
    userAgent: options.userAgent,
    onReply: observe,
  });

  async function askForToken(): Promise<Reply> {
    figures.total++;
    figures.tokens++;
    const basic = Buffer.from(`${options.clientId}:${options.revealSecret()}`).toString('base64');
    return dispatch({
      method: 'POST',
      url: `${options.loginUrl}/oauth/token`,
      headers: {
        authorization: `Basic ${basic}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': options.userAgent,
      },
      body: 'grant_type=client_credentials',
    });
  }

  function observe(reply: Reply): void {
    const date = Date.parse(reply.headers.date ?? '');
    if (Number.isFinite(date)) skewMs = date - reply.receivedAt;
    limit = readRateLimit(reply.headers) ?? limit;
    // The window is used up: waiting for its end costs nothing, being told 429 would cost everybody a pause.
    if (limit !== null && limit.count >= limit.allowed && reply.status !== 429) pacer.pauseFor(limit.resetMs);
  }

  async function askOwner(context: CallContext): Promise<TokenOwner> {
    const json = await send(
      { operation: ACCOUNT, method: 'GET', path: '/api/v2/tokens/me', body: null },
      context,
    );
    const owner = tokenOwner.parse(json);
    return { organization: owner.organization, client: owner.OAuthClient?.name ?? null };
  }

  return {
    conversations:
      options.contract === 'platform' ? createPlatformApi(send) : createGatewayApi(send, options.closeReason),
    remote: {
      organization: async (abort) => {
        const trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
        const request = {
          operation: { ...ACCOUNT, what: 'asking for the organisation' },
          method: 'GET',
          path: '/api/v2/organizations/me',
          body: null,
        } as const;
        return organization.parse(await send(request, { signal: abort, trace }));
      },
      clockSkewMs: () => skewMs,
      figures: () => ({ ...figures }),
      waitingMs: () => pacer.pausedForMs(),
    },
    tokenOwner: askOwner,
    rateLimit: () => limit,
    close: () => agent.destroy(),
  };
}
