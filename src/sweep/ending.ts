import { AuthError, EXIT, type ExitCode, UnavailableError } from '../domain/errors.ts';
import type { Refusal } from '../domain/guard.ts';

/** Thrown into whatever waits when a run must not go on; carries no news of its own. */
export class RunEnded extends Error {
  override name = 'RunEnded';
}

/** Why a run takes no more work, and why it will not end with 0. */
export interface Ending {
  /** No new conversation is taken in hand. */
  readonly stopped: boolean;
  /** No new conversation is closed by policy; requests are still served. */
  readonly refused: boolean;
  /** No further close may be begun; what has ended already is still watched. */
  readonly exhausted: boolean;
  /** Exit codes gathered so far, and a sentence for each that has one. */
  readonly codes: readonly ExitCode[];
  readonly sentences: readonly string[];
  /** Aborted when even what is in hand must stop waiting. */
  readonly signal: AbortSignal;
  /** Takes no more work: time, budget, limit or an interrupt. What is in hand is finished. */
  stop(code: ExitCode, sentence: string): void;
  /** The budget of closes is used up. */
  exhaust(sentence: string): void;
  refuse(refusal: Refusal): void;
  /** The remote side ends it: nothing further is sent. */
  fail(error: AuthError | UnavailableError): void;
  /** Something of our own has failed, such as the database: nothing further is sent. The error itself is thrown on. */
  abandon(): void;
  /** What is in hand has had its time: everything that waits ends. */
  cut(why: string): void;
  /** What is left undone; exit 6 unless something weightier has ended the run. */
  leaveRest(left: number, limits: { limit: number | null; maxDurationMs: number | null }): void;
  /** How a run within this one ended. */
  include(code: ExitCode, sentence: string): void;
  /** A remark that changes no exit code. */
  note(sentence: string): void;
}

export function createEnding(): Ending {
  const abort = new AbortController();
  const codes: ExitCode[] = [];
  const sentences: string[] = [];
  let stopped = false;
  let refused = false;
  let exhausted = false;

  function add(code: ExitCode | null, sentence: string): void {
    if (code !== null) codes.push(code);
    if (!sentences.includes(sentence)) sentences.push(sentence);
  }

  function cut(why: string, cause?: unknown): void {
    stopped = true;
    if (!abort.signal.aborted) abort.abort(new RunEnded(why, { cause }));
  }

  return {
    get stopped() {
      return stopped;
    },
    get refused() {
      return refused;
    },
    get exhausted() {
      return exhausted;
    },
    codes,
    sentences,
    signal: abort.signal,
    stop: (code, sentence) => {
      stopped = true;
      if (!codes.includes(code)) add(code, sentence);
    },
    exhaust: (sentence) => {
      if (exhausted) return;
      exhausted = true;
      add(EXIT.workLeft, sentence);
    },
    refuse: (refusal) => {
      if (refused) return;
      refused = true;
      add(EXIT.refused, refusal.sentence);
    },
    fail: (error) => {
      if (!codes.includes(error.exitCode)) add(error.exitCode, error.message);
      cut('the run has ended', error);
    },
    abandon: () => cut('the run has failed'),
    cut,
    leaveRest: (left, { limit, maxDurationMs }) => {
      if (left === 0 || codes.length > 0) return;
      const why =
        limit === null && maxDurationMs === null
          ? 'Some came or stayed meanwhile; run again for them.'
          : 'The limit or time is used up; run again for the rest.';
      add(EXIT.workLeft, why);
    },
    include: (code, sentence) => {
      if (code !== EXIT.ok) add(code, sentence);
    },
    note: (sentence) => add(null, sentence),
  };
}

/** An error that ends the run in good order, as opposed to one conversation's failure or a bug. */
export function isRunEnding(error: unknown): error is AuthError | UnavailableError | RunEnded {
  return error instanceof AuthError || error instanceof UnavailableError || error instanceof RunEnded;
}

/** Ends the run by such an error; throws any other on. */
export function endBy(error: unknown, ending: Ending): void {
  if (!isRunEnding(error)) throw error;
  if (!(error instanceof RunEnded)) ending.fail(error);
}
