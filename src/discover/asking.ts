import {
  ApiError,
  AuthError,
  EXIT,
  type ExitCode,
  interruptExit,
  UnavailableError,
} from '../domain/errors.ts';
import { withDeadline } from '../sweep/deadline.ts';
import type { CallContext, Clock } from '../sweep/ports.ts';

/** Why nothing more was asked, though there was more to ask. */
export interface Stop {
  readonly exitCode: ExitCode;
  readonly sentence: string;
}

/** The limit of what is listed is reached, and there is certainly more. */
export const LIMIT_REACHED: Stop = {
  exitCode: EXIT.workLeft,
  sentence: 'The limit is reached; run again without it, or from a later time, for the rest.',
};

/** Thrown to stop; carries no other news. */
export class Stopped extends Error {
  override name = 'Stopped';
  readonly stop: Stop;

  constructor(stop: Stop, options?: ErrorOptions) {
    super(stop.sentence, options);
    this.stop = stop;
  }
}

/** What every call needs. */
export interface Asking {
  readonly clock: Clock;
  /** The longest that one call may take, with all its attempts. */
  readonly deadlineMs: number;
  /** A person's interrupt: nothing is in hand that would have to be finished. */
  readonly signal: AbortSignal;
}

/**
 * Makes one call. What another call would meet with as well becomes {@link Stopped}: an interrupt, no permission, nobody
 * there. An ApiError about this very call is thrown on.
 */
export async function ask<T>(
  { clock, deadlineMs, signal }: Asking,
  call: (context: CallContext) => Promise<T>,
): Promise<T> {
  const trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
  try {
    return await withDeadline(clock, deadlineMs, signal, (abort) => call({ signal: abort, trace }));
  } catch (error) {
    const stop = signal.aborted ? interrupted(signal) : stopFor(error);
    if (stop === null) throw error;
    throw new Stopped(stop, { cause: error });
  }
}

function interrupted(signal: AbortSignal): Stop {
  return { exitCode: interruptExit(signal), sentence: 'Interrupted; run again for the rest.' };
}

function stopFor(error: unknown): Stop | null {
  if (error instanceof AuthError || error instanceof UnavailableError) {
    return { exitCode: error.exitCode, sentence: error.message };
  }
  if (!(error instanceof ApiError)) return null;
  switch (error.failure) {
    case 'never_sent':
    case 'rate_limited':
      return { exitCode: EXIT.unavailable, sentence: `${capital(error.message)}; run again later.` };
    default:
      return null;
  }
}

/** The stop that a permission that is missing for everything means. */
export function forbidden(error: ApiError): Stopped {
  return new Stopped({ exitCode: EXIT.auth, sentence: `${capital(error.message)}.` }, { cause: error });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
