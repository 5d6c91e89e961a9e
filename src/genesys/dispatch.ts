import type { Agent } from 'undici';
import { ApiError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import { readBody } from './body.ts';
import type { Headers } from './rate-limit.ts';
import { said } from './said.ts';

export interface Attempt {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Whole, as text; empty when its encoding is not understood. */
  readonly body: string;
  readonly sentAt: Instant;
  /** When status and headers were there. */
  readonly answeredAt: Instant;
  /** When the body was, too. */
  readonly receivedAt: Instant;
}

/**
 * One HTTP attempt: the reply whatever its status, or an ApiError `never_sent` or `lost`. Cannot be aborted from
 * outside: an attempt that has begun is finished or timed out, so that what became of it is known as well as it
 * can be.
 */
export type Dispatch = (attempt: Attempt) => Promise<Reply>;

/** System calls that come before the first byte; the same error code can also hit an open connection. */
const CONNECTING = ['connect', 'getaddrinfo'];
/** Errors of making a connection that no system call reports: a certificate that is not trusted, a time-out. */
const NOT_CONNECTED =
  /^(UND_ERR_CONNECT_TIMEOUT|CERT_.+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.+|ERR_TLS_CERT_.+)$/;

export function createDispatch(options: { agent: Agent; clock: Clock; attemptTimeoutMs: number }): Dispatch {
  const { agent, clock, attemptTimeoutMs } = options;
  return async (attempt) => {
    const sentAt = clock.now();
    const timeout = new AbortController();
    const done = new AbortController();
    clock.sleep(attemptTimeoutMs, done.signal).then(
      () => timeout.abort(new Error(`no answer within ${attemptTimeoutMs / 1000} s`)),
      () => {},
    );
    try {
      const { origin, pathname, search } = new URL(attempt.url);
      const reply = await agent.request({
        origin,
        path: pathname + search,
        method: attempt.method,
        headers: { ...attempt.headers },
        body: attempt.body,
        signal: timeout.signal,
      });
      const answeredAt = clock.now();
      const headers = flatten(reply.headers);
      const body = await readBody(reply.body, headers['content-encoding'] ?? '');
      return { status: reply.statusCode, headers, body, sentAt, answeredAt, receivedAt: clock.now() };
    } catch (error) {
      throw networkError(error, new URL(attempt.url).host);
    } finally {
      done.abort();
    }
  };
}

function flatten(headers: Record<string, string | string[] | undefined>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

function networkError(error: unknown, host: string): ApiError {
  const code = codeOf(error);
  const never = isNeverSent(error);
  // A certificate's names, say, are the other side's words.
  const what = said(
    error instanceof Error && error.message !== '' ? error.message : (code ?? 'unknown error'),
    200,
  );
  return new ApiError(
    never ? `${host} cannot be reached (${what})` : `the answer of ${host} was lost (${what})`,
    {
      failure: never ? 'never_sent' : 'lost',
      code,
      cause: error,
    },
  );
}

/** Whether it is certain that not one byte of the request left. */
function isNeverSent(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof AggregateError) return error.errors.every(isNeverSent);
  if ('syscall' in error && CONNECTING.includes(String(error.syscall))) return true;
  if ('code' in error && NOT_CONNECTED.test(String(error.code))) return true;
  return 'cause' in error && isNeverSent(error.cause);
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : null;
}
