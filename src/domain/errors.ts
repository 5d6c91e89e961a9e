/** The documented exit codes. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  incomplete: 3,
  auth: 4,
  refused: 5,
  workLeft: 6,
  unavailable: 8,
  database: 9,
  leaseHeld: 11,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of an interrupt, which travels as its signal's reason. */
export function interruptExit({ reason }: AbortSignal): ExitCode {
  return reason === EXIT.terminated ? EXIT.terminated : EXIT.interrupted;
}

/** The documented order; what ends a command before it can do anything else comes first. */
const SEVERITY: readonly ExitCode[] = [
  EXIT.unexpected,
  EXIT.usage,
  EXIT.leaseHeld,
  EXIT.database,
  EXIT.auth,
  EXIT.refused,
  EXIT.unavailable,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.workLeft,
  EXIT.incomplete,
  EXIT.ok,
];

/** The code that wins when several apply: 1, 2 and 11 end all else, then 9 > 4 > 5 > 8 > 130/143 > 6 > 3 > 0. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return SEVERITY.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/**
 * Something that can happen in good order. Its message is one sentence for the user: what happened, to what,
 * and what to do next. Anything else that is thrown is a bug.
 */
export class ExpectedError extends Error {
  override name = 'ExpectedError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A wrong flag, key, column, value or file. */
export class UsageError extends ExpectedError {
  override name = 'UsageError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.usage, options);
  }
}

/** The database cannot be used, or could not keep what it was given. */
export class DatabaseError extends ExpectedError {
  override name = 'DatabaseError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.database, options);
  }
}

/** Another program's lock was in the way for too long; nothing was written, and trying again may help. */
export class BusyError extends DatabaseError {
  override name = 'BusyError';
}

/**
 * The database that the mapping comes from cannot be read: exit code 2 where the settings name the wrong file or
 * query, 9 where the file is right and cannot be read now.
 */
export class SourceError extends ExpectedError {
  override name = 'SourceError';
  constructor(message: string, exitCode: typeof EXIT.usage | typeof EXIT.database, options?: ErrorOptions) {
    super(message, exitCode, options);
  }
}

/** Another process holds the lease. */
export class LeaseHeldError extends ExpectedError {
  override name = 'LeaseHeldError';
  constructor(message: string) {
    super(message, EXIT.leaseHeld);
  }
}

/** The remote side does not let this client in; the run ends. */
export class AuthError extends ExpectedError {
  override name = 'AuthError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.auth, options);
  }
}

/** The remote side is out of reach or has no requests left for today; the run ends and the rest waits. */
export class UnavailableError extends ExpectedError {
  override name = 'UnavailableError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.unavailable, options);
  }
}

/**
 * What is known of a request that did not succeed:
 * `never_sent`: it did not leave (refused, DNS, connect time-out). `lost`: it may have been carried out, the
 * answer did not arrive (reset, time-out, 5xx). `rate_limited`, `unauthorized`: answered and not carried out.
 * `forbidden`, `refused`: answered no (403; other 4xx). `not_json`: answered 2xx with something else.
 */
export type ApiFailure =
  | 'never_sent'
  | 'lost'
  | 'rate_limited'
  | 'unauthorized'
  | 'forbidden'
  | 'refused'
  | 'not_json';

/** One request to the remote side failed, after whatever retries were allowed. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly failure: ApiFailure;
  readonly status: number | null;
  readonly code: string | null;
  readonly correlationId: string | null;

  constructor(
    message: string,
    details: {
      failure: ApiFailure;
      status?: number | null;
      code?: string | null;
      correlationId?: string | null;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.failure = details.failure;
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.correlationId = details.correlationId ?? null;
  }
}
