import { EXIT } from '../domain/errors.ts';
import type { Ending } from './ending.ts';

/** How many closes in a row must take no effect before it is the remote side and not the conversations. */
const MOST_IN_A_ROW = 20;

/** Watches whether closes still take effect. */
export interface UnconfirmedStreak {
  /** A close is begun; the number stands for it when its result is known. */
  begun(): number;
  confirmed(nth: number): void;
  unconfirmed(nth: number): void;
}

/** Stops the run when closes change nothing; what is in hand is still verified and recorded. */
export function createUnconfirmedStreak(ending: Ending): UnconfirmedStreak {
  let begun = 0;
  let inARow = 0;
  let tookEffect = 0;
  return {
    begun: () => ++begun,
    confirmed: (nth) => {
      inARow = 0;
      tookEffect = Math.max(tookEffect, nth);
    },
    unconfirmed: (nth) => {
      // What shows no effect is known late: a close that was begun after it may have shown one long ago.
      if (nth <= tookEffect) return;
      if (++inARow < MOST_IN_A_ROW) return;
      ending.stop(
        EXIT.unavailable,
        `${MOST_IN_A_ROW} closes in a row were sent and ended none of these conversations; the rest is left for the next run.`,
      );
    },
  };
}
