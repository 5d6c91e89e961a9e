import type { ApiError } from '../domain/errors.ts';
import { SECOND } from '../domain/time.ts';
import type { Random } from '../sweep/ports.ts';

/**
 * How often an attempt is repeated, beyond the first. Three waits (1, 2, 4 s) ride out a restart of a gateway;
 * longer trouble is for the next run.
 */
const MAX_REPEATS = 3;
/** A 500 is more often a bug for this very request than a passing weakness. */
const MAX_REPEATS_500 = 2;
/** 429s are bounded by the conversation's deadline; this only stops a server that always says "now". */
const MAX_REPEATS_RATE_LIMITED = 30;
/** What a run can do without may have a limit of its own; waiting for that must not look as if nobody answered. */
const MAX_REPEATS_OPTIONAL = 10;

/** What there is to know of a request before it is sent again. */
export interface Repeatable {
  /** False: repeated only when it certainly was not carried out. */
  readonly repeatable: boolean;
  /** The run goes on without the answer. */
  readonly optional: boolean;
  /** Whoever asks can ask for less, which helps more than a repeat where a gateway gave up waiting. */
  readonly divisible?: boolean;
}

/** How a gateway says that the answer took too long. */
const GAVE_UP_WAITING = [502, 504];

/**
 * Whether to try again after `error`, and after how many ms of our own back-off; null: give up. A close (`repeatable`
 * false) is repeated only when it certainly was not carried out: a lost answer must be read, not sent again. The
 * wait that a 429 asks for is the pacer's, so here it is 0.
 *
 * @param repeats how often this request was repeated already: after 429s for a 429, after other failures for those
 */
export function retryDelayMs(
  error: ApiError,
  repeats: number,
  { repeatable, optional, divisible = false }: Repeatable,
  random: Random,
): number | null {
  switch (error.failure) {
    case 'rate_limited':
      return repeats < (optional ? MAX_REPEATS_OPTIONAL : MAX_REPEATS_RATE_LIMITED) ? 0 : null;
    case 'never_sent':
      return repeats < MAX_REPEATS ? backOffMs(repeats, random) : null;
    case 'lost': {
      if (divisible && GAVE_UP_WAITING.includes(error.status ?? 0)) return null;
      const most = error.status === 500 ? MAX_REPEATS_500 : MAX_REPEATS;
      return repeatable && repeats < most ? backOffMs(repeats, random) : null;
    }
    default:
      return null;
  }
}

/** 1, 2, 4, … seconds, each up to a quarter longer so that clients that failed together do not return together. */
export function backOffMs(repeats: number, random: Random): number {
  return SECOND * 2 ** repeats * (1 + random() / 4);
}
