import { LATE_SHARE } from '../domain/run.ts';
import { DAY, type Instant } from '../domain/time.ts';
import type { Calendar } from './calendar.ts';
import type { Period } from './period.ts';
import type { FullSweep, RunsOfPeriod } from './ports.ts';
import { LISTED, type Nights } from './report.ts';

/** One night that was due: when its sweep began, or, without one, when it should have. */
interface Night {
  readonly at: Instant;
  readonly sweep: FullSweep | null;
}

/**
 * The nights since the first of these sweeps: each is due `everyMs` after the one before, and served by the sweep
 * that began nearest to that moment, half that time earlier or later at most. So a second sweep of the same night is
 * no night of its own, a job that moves to another hour misses none, and what follows a missing one is due by it.
 *
 * @param sweeps in the order of time
 * @param until a night that could still begin by then is not missing yet
 */
export function nightsOf(sweeps: readonly FullSweep[], everyMs: number, until: Instant): Night[] {
  const [first] = sweeps;
  if (first === undefined) return [];
  const nights: Night[] = [{ at: first.startedAt, sweep: first }];
  let anchor = first.startedAt;
  let next = 1;
  for (;;) {
    const dueAt = anchor + everyMs;
    let nearest: FullSweep | null = null;
    for (; next < sweeps.length; next++) {
      const sweep = sweeps[next] as FullSweep;
      if (sweep.startedAt >= dueAt + everyMs / 2) break;
      if (sweep.startedAt < dueAt - everyMs / 2) continue;
      if (nearest !== null && distance(sweep, dueAt) > distance(nearest, dueAt)) break;
      nearest = sweep;
    }
    if (nearest === null && dueAt + LATE_SHARE * everyMs > until) return nights;
    anchor = nearest?.startedAt ?? dueAt;
    nights.push({ at: anchor, sweep: nearest });
  }
}

function distance({ startedAt }: FullSweep, dueAt: Instant): number {
  return Math.abs(startedAt - dueAt);
}

/** Nights of the period that were due, and those of them on which nothing ran. */
export function countNights(
  nights: readonly Night[],
  everyMs: number,
  period: Period,
  calendar: Calendar,
  { sweeps, firstSweepAt }: Pick<RunsOfPeriod, 'sweeps' | 'firstSweepAt'>,
): Nights {
  const inPeriod = (everyMs < DAY ? nights : withLateOnes(nights, sweeps, calendar)).filter(
    ({ at }) => at >= period.since && at < period.until,
  );
  const missing = inPeriod.filter(({ sweep }) => sweep === null);
  return {
    expectedEveryMs: everyMs,
    due: inPeriod.length,
    run: inPeriod.length - missing.length,
    incomplete: inPeriod.filter(({ sweep }) => sweep !== null && !endedInGoodOrder(sweep)).length,
    missing: {
      total: missing.length,
      items: missing.slice(0, LISTED).map(({ at }) => ({ dueAt: at, day: calendar.day(at) })),
    },
    firstRunAt: firstSweepAt,
  };
}

/**
 * A day on which a sweep began, however late, is not called a missing one: the night is served by it, or, where that
 * sweep already serves another night, is none of its own.
 */
function withLateOnes(nights: readonly Night[], sweeps: readonly FullSweep[], calendar: Calendar): Night[] {
  const serving = new Set(nights.map(({ sweep }) => sweep));
  const begun = new Map<string, FullSweep>();
  for (const sweep of sweeps) {
    const day = calendar.day(sweep.startedAt);
    if (!begun.has(day)) begun.set(day, sweep);
  }
  return nights.flatMap((night) => {
    const late = night.sweep === null ? begun.get(calendar.day(night.at)) : undefined;
    if (late === undefined) return [night];
    return serving.has(late) ? [] : [{ at: night.at, sweep: late }];
  });
}

/** The exit codes of a baseline run. */
function endedInGoodOrder({ exitCode }: FullSweep): boolean {
  return exitCode !== null && [0, 3, 6].includes(exitCode);
}
