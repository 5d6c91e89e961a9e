import { HOUR, type Instant } from '../domain/time.ts';
import type { Calendar } from './calendar.ts';
import type { Period } from './period.ts';
import type { FullSweep, OutcomeRow } from './ports.ts';
import type { DayFigures, Totals } from './report.ts';
import { noTotals } from './totals.ts';

/** Shorter than any day, and than any part of one that a change of offset could leave. */
const STEP_MS = 6 * HOUR;

/** Every day that a period touches, in the order of time. */
export function daysOf({ since, until }: Period, calendar: Calendar): Set<string> {
  const days = new Set<string>();
  for (let at = since; at < until; at += STEP_MS) days.add(calendar.day(at));
  if (until > since) days.add(calendar.day(until - 1));
  return days;
}

/** The series of days: what was decided on each, and whether a full sweep was at work on it. */
export interface Days {
  add(row: OutcomeRow): void;
  figures(): DayFigures[];
}

export function createDays(period: Period, calendar: Calendar, sweeps: readonly FullSweep[]): Days {
  const series = new Map<string, { ran: boolean; requests: number; totals: Totals }>();
  for (const day of daysOf(period, calendar)) {
    series.set(day, { ran: false, requests: 0, totals: noTotals() });
  }
  const sweepIds = new Set(sweeps.map(({ id }) => id));
  const markAsRun = (day: string) => {
    const found = series.get(day);
    if (found !== undefined) found.ran = true;
  };
  for (const sweep of sweeps) {
    for (const day of daysOf(timeOf(sweep), calendar)) markAsRun(day);
  }
  return {
    add: (row) => {
      const found = series.get(calendar.day(row.decidedAt));
      if (found === undefined) return;
      found.totals[row.outcome] += row.n;
      found.requests += row.requests;
      found.ran ||= sweepIds.has(row.runId);
    },
    figures: () => [...series].map(([day, { ran, requests, totals }]) => ({ day, ran, requests, ...totals })),
  };
}

/** Of one that died, nobody knows for how long it was at work; its outcomes tell of further days. */
function timeOf({ startedAt, finishedAt, exitCode }: FullSweep): Period {
  const last: Instant = exitCode === null || finishedAt === null ? startedAt : finishedAt;
  return { since: startedAt, until: Math.max(startedAt, last) + 1 };
}
