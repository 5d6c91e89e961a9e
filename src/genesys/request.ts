import { ApiError, type ApiFailure, AuthError, UnavailableError } from '../domain/errors.ts';
import type { RequestFigures } from '../domain/run.ts';
import { humanDuration, MINUTE } from '../domain/time.ts';
import type { RequestObserver } from '../metrics/ports.ts';
import type { CallContext, Clock, Log, Random } from '../sweep/ports.ts';
import type { Breaker } from './breaker.ts';
import type { Dispatch, Reply } from './dispatch.ts';
import { observed } from './observed.ts';
import { orAborted } from './or-aborted.ts';
import type { Pacer, Priority } from './pacer.ts';
import { LONGEST_PAUSE_MS, readRateLimit, readRetryAfterMs } from './rate-limit.ts';
import { correlationIdOf, parseJson, replyError } from './reply-errors.ts';
import { backOffMs, type Repeatable, retryDelayMs } from './retry.ts';
import type { TokenSource } from './token.ts';

/** What a request is for. */
export interface Operation extends Repeatable {
  /** For sentences: `reading conversation …`. */
  readonly what: string;
  readonly counts: 'reads' | 'closes' | 'surveys' | null;
  /** What the OAuth client must be granted; null: nothing. */
  readonly permission: string | null;
  readonly priority: Priority;
}

export interface ApiRequest {
  readonly operation: Operation;
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** Which kind of request it is: the path with `{id}` in the place of ids, without a query. */
  readonly route: string;
  /** From the host's root, ids already validated. */
  readonly path: string;
  readonly body: unknown;
}

/** Sends one request until it is answered or given up; the JSON of a 2xx, or an ApiError. */
export type Send = (request: ApiRequest, context: CallContext) => Promise<unknown>;

/** A 429 that does not say how long to wait: its window is over after a minute at the latest. */
const LONGEST_GUESS_MS = MINUTE;

/** What fails so while nobody is answered is left to the next run; any other close may have had an effect. */
const NOT_CARRIED_OUT: readonly ApiFailure[] = ['never_sent', 'rate_limited'];

export interface SendParts {
  readonly apiUrl: string;
  readonly dispatch: Dispatch;
  readonly breaker: Breaker;
  readonly tokens: TokenSource;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly figures: RequestFigures;
  readonly userAgent: string;
  /** Ends even the waiting for answers that are on their way. */
  readonly signal: AbortSignal;
  /** Sees every reply of the API. */
  readonly onReply: (reply: Reply) => void;
  readonly observer: RequestObserver;
}

/** retry → pacer → dispatch, with the token around each attempt. */
export function createSend(parts: SendParts): Send {
  const { tokens, pacer, breaker, clock, random, log, figures, observer } = parts;

  return async (request, context) => {
    const { operation } = request;
    let renewed = false;
    let attempts = 0;
    let limited = 0;
    let troubled = 0;
    for (;;) {
      const token = await tokens.get(context.signal);
      let failure: ApiError;
      try {
        const queuedAt = clock.now();
        const reply = await untilCut(request, context, (onBegin) =>
          pacer.run(
            () => {
              observer.waited(clock.now() - queuedAt);
              onBegin();
              return attempt(request, token, attempts++ > 0, context);
            },
            context.signal,
            operation.priority,
            operation.counts ?? 'account',
          ),
        );
        const result = read(request, reply);
        if (!(result instanceof ApiError)) return result.json;
        if (result.failure === 'rate_limited') pause(reply, limited);
        failure = result;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure = error;
      }
      context.trace.errorCode = failure.code;
      if (failure.failure === 'unauthorized') {
        if (renewed) throw refusedTwice(failure);
        renewed = true;
        tokens.invalidate(token);
        continue;
      }
      // Apart, because having had to wait for the limit is no reason to give up sooner on real trouble.
      const repeats = failure.failure === 'rate_limited' ? limited++ : troubled++;
      const delay = retryDelayMs(failure, repeats, operation, random);
      if (delay === null) {
        if (operation.repeatable || NOT_CARRIED_OUT.includes(failure.failure)) breaker.check(clock.now());
        throw failure;
      }
      log.debug(`${failure.message}; trying again`, { waitMs: Math.round(delay), repeats });
      await clock.sleep(delay, context.signal);
    }
  };

  /** Waits for the answer no longer than until {@link SendParts.signal}; what is under way then may be carried out. */
  async function untilCut(
    { operation }: ApiRequest,
    { signal }: CallContext,
    run: (onBegin: () => void) => Promise<Reply>,
  ): Promise<Reply> {
    let hasBegun = false;
    const onBegin = () => {
      hasBegun = true;
    };
    try {
      return await orAborted(run(onBegin), parts.signal);
    } catch (error) {
      if (error !== parts.signal.reason) throw error;
      if (hasBegun && !operation.repeatable) {
        throw new ApiError(`${operation.what} was cut short before its answer came`, { failure: 'lost' });
      }
      // The caller knows best what its own end means.
      signal.throwIfAborted();
      throw error;
    }
  }

  async function attempt(
    request: ApiRequest,
    token: string,
    isRepeat: boolean,
    { trace }: CallContext,
  ): Promise<Reply> {
    breaker.check(clock.now());
    figures.total++;
    if (isRepeat) {
      figures.retried++;
      observer.retried();
    }
    if (request.operation.counts !== null) figures[request.operation.counts]++;
    trace.requests++;
    trace.httpStatus = null;
    trace.errorCode = null;
    trace.correlationId = null;
    const { method, route } = request;
    const dispatch = observed(parts.dispatch, { observer, clock, route });
    const reply = await dispatch({
      method,
      url: parts.apiUrl + request.path,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': parts.userAgent,
        ...(request.body === null ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body === null ? null : JSON.stringify(request.body),
    });
    trace.httpStatus = reply.status;
    trace.correlationId = correlationIdOf(reply);
    parts.onReply(reply);
    return reply;
  }

  function pause(reply: Reply, limited: number): void {
    figures.rateLimited++;
    const asked =
      readRetryAfterMs(reply.headers, clock.now()) ?? readRateLimit(reply.headers)?.resetMs ?? null;
    const waitMs = asked ?? Math.min(backOffMs(limited, random), LONGEST_GUESS_MS);
    if (waitMs > LONGEST_PAUSE_MS) {
      throw new UnavailableError(
        `Genesys Cloud asks to wait ${humanDuration(waitMs)}, which means that a daily limit is used up; the rest is left for the next run.`,
      );
    }
    log.debug('rate limited, everybody pauses', { waitMs: Math.round(waitMs) });
    pacer.pauseFor(waitMs);
  }
}

function read(request: ApiRequest, reply: Reply): { json: unknown } | ApiError {
  if (reply.status < 200 || reply.status > 299) {
    return replyError(reply, request.operation.what, request.operation.permission);
  }
  const json = parseJson(reply.body);
  return json === null
    ? new ApiError(`${request.operation.what} was answered with something that is not JSON`, {
        failure: 'not_json',
        status: reply.status,
        correlationId: correlationIdOf(reply),
      })
    : { json };
}

function refusedTwice(failure: ApiError): AuthError {
  const advice =
    failure.code === 'ip.not.authorized'
      ? "this machine's address is not on the organisation's allow list; have an admin add it"
      : 'check that the OAuth client still exists and that GENESYS_API_URL and GENESYS_ENVIRONMENT belong together';
  return new AuthError(`Genesys Cloud refused a fresh token (${failure.code ?? 401}); ${advice}.`, {
    cause: failure,
  });
}
