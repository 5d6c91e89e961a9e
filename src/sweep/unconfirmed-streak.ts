import { EXIT } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Ending } from './ending.ts';

/** How many closes in a row must take no effect before it is the remote side and not the conversations. */
const MOST_IN_A_ROW = 20;

/** Watches whether closes still take effect; each call is the result of one that was intended at `intendedAt`. */
export interface UnconfirmedStreak {
  confirmed(intendedAt: Instant): void;
  unconfirmed(intendedAt: Instant): void;
}

/** Stops the run when closes are accepted and change nothing; what is in hand is still verified and recorded. */
export function createUnconfirmedStreak(ending: Ending): UnconfirmedStreak {
  let inARow = 0;
  let tookEffect = Number.NEGATIVE_INFINITY;
  return {
    confirmed: (intendedAt) => {
      inARow = 0;
      tookEffect = Math.max(tookEffect, intendedAt);
    },
    unconfirmed: (intendedAt) => {
      // What shows no effect is known late: a close that was begun after it may have shown one long ago.
      if (intendedAt <= tookEffect) return;
      if (++inARow < MOST_IN_A_ROW) return;
      ending.stop(
        EXIT.unavailable,
        `Genesys Cloud accepted ${MOST_IN_A_ROW} closes in a row and ended none of these conversations; the rest is left for the next run.`,
      );
    },
  };
}
