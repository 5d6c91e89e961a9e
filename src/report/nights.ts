import { type DueNight, type Expected, leavesOut } from '../domain/expected.ts';
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
 * The nights since the first of these sweeps, each with the sweep that it was served by. So a second sweep of the same
 * night is no night of its own, and one that was due while the sweep before was at work is none at all. Where nights are
 * due so often, a job that moves to another hour misses none, and what follows a missing one is due by it.
 *
 * @param sweeps in the order of time; one that is at work ends at `until`
 * @param until a night that could still begin by then is not missing yet
 */
export function nightsOf(
  sweeps: readonly FullSweep[],
  expected: Expected,
  until: Instant,
  atWork: number | null,
): Night[] {
  const [first] = sweeps;
  if (first === undefined) return [];
  const nights: Night[] = [{ at: first.startedAt, sweep: first }];
  let anchor = first.startedAt;
  let next = 1;
  const wasAtWork = (night: DueNight) => {
    const before = sweeps[next - 1] as FullSweep;
    return leavesOut(before.id === atWork ? { ...before, finishedAt: until, exitCode: 0 } : before, night);
  };
  for (;;) {
    const night = expected.after(anchor);
    let nearest: FullSweep | null = null;
    for (; next < sweeps.length; next++) {
      const sweep = sweeps[next] as FullSweep;
      if (sweep.startedAt >= night.before) break;
      if (sweep.startedAt < night.from) continue;
      if (nearest !== null && distance(sweep, night) > distance(nearest, night)) break;
      nearest = sweep;
    }
    if (nearest === null && next === sweeps.length && night.missingFrom > until) return nights;
    anchor = nearest?.startedAt ?? night.dueAt;
    if (nearest === null && wasAtWork(night)) continue;
    nights.push({ at: anchor, sweep: nearest });
  }
}

function distance({ startedAt }: FullSweep, { dueAt }: DueNight): number {
  return Math.abs(startedAt - dueAt);
}

/** Nights of the period that were due, and those of them on which nothing ran. */
export function countNights(
  nights: readonly Night[],
  expected: Expected,
  { atWork, ...period }: Period & { readonly atWork: number | null },
  calendar: Calendar,
  { sweeps, firstSweepAt }: Pick<RunsOfPeriod, 'sweeps' | 'firstSweepAt'>,
): Nights {
  const { everyMs } = expected;
  const isLoose = everyMs !== null && everyMs >= DAY;
  const all = isLoose ? withLateOnes(nights, sweeps, calendar) : nights;
  const inPeriod = all.filter(({ at }) => at >= period.since && at < period.until);
  const missing = inPeriod.filter(({ sweep }) => sweep === null);
  return {
    expectedEveryMs: everyMs,
    due: inPeriod.length,
    run: inPeriod.length - missing.length,
    incomplete: inPeriod.filter(
      ({ sweep }) => sweep !== null && sweep.id !== atWork && !endedInGoodOrder(sweep),
    ).length,
    missing: {
      total: missing.length,
      items: missing.slice(0, LISTED).map(({ at }) => ({ dueAt: at, day: calendar.day(at) })),
    },
    days: everyMs !== null && everyMs <= DAY ? null : daysOf(all, expected, calendar),
    firstRunAt: firstSweepAt,
  };
}

/** Days on which a night began, or should have, or will be next. */
function daysOf(nights: readonly Night[], expected: Expected, calendar: Calendar): Nights['days'] {
  const days = new Map<string, 'due' | 'missing'>();
  for (const { at, sweep } of nights) {
    const day = calendar.day(at);
    if (days.get(day) !== 'missing') days.set(day, sweep === null ? 'missing' : 'due');
  }
  const last = nights.at(-1);
  if (last !== undefined) {
    const next = calendar.day(expected.after(last.at).dueAt);
    days.set(next, days.get(next) ?? 'due');
  }
  return days;
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
