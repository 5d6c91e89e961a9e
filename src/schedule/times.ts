import { Cron } from 'croner';
import { DAY, firstAfter, type Instant, SECOND } from '../domain/time.ts';
import type { CronExpression } from './cron.ts';

/** The moments at which nights are due. */
export interface Times {
  /** The first one after this moment. */
  next(after: Instant): Instant;
  /** The last one that is not after this moment. */
  latest(until: Instant): Instant;
}

/**
 * Croner is asked for moments only; it sets no timer. A time of the day that is missing because the clocks go forward is
 * due when they have; one that comes twice because they go back is due the first time.
 *
 * @param timeZone an IANA name that this Node.js knows
 */
export function createTimes({ text, pattern }: CronExpression, timeZone: string): Times {
  const calculator = new Cron(pattern, {
    timezone: timeZone,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    paused: true,
  });
  const demand = (found: Date | null | undefined): Instant => {
    if (found) return found.getTime();
    throw new Error(`The cron expression ${text} has no time there.`);
  };
  return {
    next: (after) => demand(calculator.nextRun(new Date(wholeSecond(after)))),
    latest: (until) => demand(calculator.previousRuns(1, new Date(wholeSecond(until) + SECOND))[0]),
  };
}

/** What is found out is kept at most so long: half of a year of nights a minute apart. */
const REMEMBERED = 250_000;

/** The same times, for who asks for one after the other again and again: each takes croner some 60 µs to find. */
export function remembered(next: Times['next']): Times['next'] {
  /** One after the other, none left out. */
  let known: Instant[] = [];
  return (after) => {
    const [first] = known;
    const last = known.at(-1);
    if (first !== undefined && last !== undefined && first <= after && after < last) {
      return known[firstAfter(known, after)] as Instant;
    }
    const found = next(after);
    if (found === first) return found;
    if (after !== last) known = [found];
    else if (known.length < REMEMBERED) known.push(found);
    else known = [after, found];
    return found;
  };
}

/** Croner counts in seconds. */
function wholeSecond(at: Instant): Instant {
  return Math.floor(at / SECOND) * SECOND;
}

export interface Gaps {
  readonly shortestMs: number;
  readonly longestMs: number;
}

/** More than a year of one night a day, and what comes once in a leap year. */
const LOOKED_AT = 400;
const LOOKED_AHEAD_MS = 9 * 366 * DAY;

/** How far two nights are apart, as far as can be seen from here. */
export function gapsOf(times: Times, from: Instant): Gaps {
  let shortestMs = Number.POSITIVE_INFINITY;
  let longestMs = 0;
  let at = times.next(from);
  for (let n = 0; n < LOOKED_AT && at < from + LOOKED_AHEAD_MS; n++) {
    const following = times.next(at);
    shortestMs = Math.min(shortestMs, following - at);
    longestMs = Math.max(longestMs, following - at);
    at = following;
  }
  return { shortestMs, longestMs };
}
