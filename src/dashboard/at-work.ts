import { type Expected, type Overdue, overdueSince, type Stay } from '../domain/expected.ts';
import { isRunOf, type NightEnd } from '../domain/night.ts';
import { isFullSweep, type Run } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';
import type { LifeOf } from './ports.ts';

/** By what it is known whether a run is at work. */
export interface Signs {
  /** Null: no night is expected. */
  readonly expected: Expected | null;
  /** The last night of which anybody knows; null: of none. */
  readonly lastNight: NightEnd | null;
  readonly lifeOf: LifeOf;
}

/**
 * Whether a run that has not ended is still at work. Of one on another machine nobody knows; a sweep is not any more when
 * the next one is overdue.
 */
export function isAtWork(run: Run, signs: Signs, now: Instant): boolean {
  const { lastNight, lifeOf } = signs;
  const life = lifeOf(run);
  if (life !== 'unknown' || !isFullSweep(run)) return life !== 'dead';
  return !(lastNight !== null && isRunOf(lastNight, run)) && overdueOf(run, signs, now) === null;
}

/** The nights that are overdue since the last one; null: none is. */
export function overdueOf(last: Stay, { expected }: Pick<Signs, 'expected'>, now: Instant): Overdue | null {
  return expected === null ? null : overdueSince(expected, last, now);
}
