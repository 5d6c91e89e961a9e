import { setMaxListeners } from 'node:events';
import type { DiscoverApi } from '../discover/ports.ts';
import { UnavailableError } from '../domain/errors.ts';
import { noRequests } from '../domain/run.ts';
import { MINUTE } from '../domain/time.ts';
import type { RequestObserver } from '../metrics/ports.ts';
import type { Clock, ConversationApi, Log, Random, RemoteInfo, SurveyApi } from '../sweep/ports.ts';
import { type AccountApi, createAccountApi } from './account-api.ts';
import { createAnalyticsApi } from './analytics-api.ts';
import { createBreaker } from './breaker.ts';
import { createDiscoverApi } from './discover-api.ts';
import type { Reply } from './dispatch.ts';
import { createGatewayApi } from './gateway-api.ts';
import { type Line, openLine } from './line.ts';
import { NOBODY, observed } from './observed.ts';
import { createPlatformApi } from './platform-api.ts';
import { type RateLimit, readRateLimit } from './rate-limit.ts';
import { createRemoteClock } from './remote-clock.ts';
import { createSend } from './request.ts';
import { ROUTES } from './routes.ts';
import { createTokenSource } from './token.ts';
import { watched } from './watched.ts';

export interface ClientOptions {
  readonly contract: 'platform' | 'gateway';
  readonly apiUrl: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly revealSecret: () => string;
  /** Gateway contract only. */
  readonly closeReason: string | null;
  /** A ceiling; what the replies say can only lower it. */
  readonly ratePerMinute: number;
  /** Of what the replies say is allowed, the share for us. */
  readonly budgetShare: number;
  readonly concurrency: number;
  readonly attemptTimeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly userAgent: string;
  /** Ends everything that waits. */
  readonly signal: AbortSignal;
  /** Told every access token before it is used. */
  readonly onToken: (token: string) => void;
  /** Is told what is sent and waited for; left out: nobody is. */
  readonly observer?: RequestObserver;
}

export interface Client {
  readonly conversations: ConversationApi;
  /** Null: this contract has no analytics. */
  readonly survey: SurveyApi | null;
  /** Null: likewise. */
  readonly discover: DiscoverApi | null;
  readonly remote: RemoteInfo;
  tokenOwner: AccountApi['tokenOwner'];
  /** As the latest reply told it. */
  rateLimit(): RateLimit | null;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** The latency is the mean of about so many of the latest replies. */
const LATENCY_MEMORY = 10;

/** Puts the client together: token → retry → the line's pacer → its dispatch, and one of the two contracts on top. */
export function createClient(options: ClientOptions, line: Line = openLine(options)): Client {
  const { clock, random, log, observer = NOBODY } = options;
  const closed = new AbortController();
  const signal = AbortSignal.any([options.signal, closed.signal]);
  // Every request under way listens; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, signal);
  const { dispatch, pacer } = line;
  const breaker = createBreaker(observer.gaveUp);
  const remoteClock = createRemoteClock();
  const { toLocal } = remoteClock;
  const watch = { dispatch, breaker, pacer, clock };
  const dispatchToLogin = observed(watched({ ...watch, onAnswer: () => {} }), {
    ...{ observer, clock, route: ROUTES.token },
  });
  const figures = noRequests();
  let limit: RateLimit | null = null;
  let latencyMs: number | null = null;

  const tokens = createTokenSource({
    ask: (abort, isRepeat) => {
      const queuedAt = clock.now();
      const ask = () => {
        observer.waited(clock.now() - queuedAt);
        return askForToken(isRepeat);
      };
      return pacer.run(ask, abort, 'first', 'tokens');
    },
    loginHost: new URL(options.loginUrl).host,
    clock,
    random,
    signal,
    onToken: options.onToken,
  });

  const send = createSend({
    apiUrl: options.apiUrl,
    dispatch: watched({ ...watch, onAnswer: remoteClock.observe }),
    breaker,
    tokens,
    pacer,
    clock,
    random,
    log,
    figures,
    userAgent: options.userAgent,
    signal,
    onReply: observe,
    observer,
  });

  async function askForToken(isRepeat: boolean): Promise<Reply> {
    breaker.check(clock.now());
    figures.total++;
    figures.tokens++;
    if (isRepeat) {
      figures.retried++;
      observer.retried();
    }
    const basic = Buffer.from(`${options.clientId}:${options.revealSecret()}`).toString('base64');
    const reply = await dispatchToLogin({
      method: 'POST',
      url: options.loginUrl + ROUTES.token,
      headers: {
        authorization: `Basic ${basic}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': options.userAgent,
      },
      body: 'grant_type=client_credentials',
    });
    if (reply.status === 429) figures.rateLimited++;
    return reply;
  }

  function observe(reply: Reply): void {
    limit = readRateLimit(reply.headers) ?? limit;
    const took = Math.max(0, reply.receivedAt - reply.sentAt);
    latencyMs = latencyMs === null ? took : latencyMs + (took - latencyMs) / LATENCY_MEMORY;
  }

  const account = createAccountApi(send);

  return {
    conversations:
      options.contract === 'platform'
        ? createPlatformApi(send, toLocal)
        : createGatewayApi(send, toLocal, options.closeReason),
    survey: options.contract === 'platform' ? createAnalyticsApi(send, toLocal) : null,
    discover: options.contract === 'platform' ? createDiscoverApi(send, toLocal) : null,
    remote: {
      signIn: async (abort) => {
        await tokens.get(abort);
      },
      organization: async (abort) => {
        const trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
        return account.organization({ signal: abort, trace });
      },
      clockSkewMs: remoteClock.skewMs,
      figures: () => ({ ...figures }),
      usefulInFlight: () => Math.max(1, Math.ceil((options.ratePerMinute * (latencyMs ?? 0)) / MINUTE)),
      hangUp,
      waitingMs: () => pacer.pausedForMs(),
    },
    tokenOwner: account.tokenOwner,
    rateLimit: () => limit,
    close: () => {
      // A token that nobody waits for any more.
      hangUp();
      return line.close();
    },
  };

  function hangUp(): void {
    closed.abort(new UnavailableError('The connection to Genesys Cloud was closed.'));
  }
}
