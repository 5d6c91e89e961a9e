import type { Expected } from '../domain/expected.ts';
import type { RequestFigures } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import { createCloses } from './closes.ts';
import { createDays, daysOf } from './days.ts';
import { createGroups } from './groups.ts';
import { nextAction, restingAction } from './next-action.ts';
import { countNights, nightsOf } from './nights.ts';
import type {
  FailureRow,
  FullSweep,
  OutcomeCount,
  OutcomeRow,
  Page,
  Resting,
  RunsOfPeriod,
} from './ports.ts';
import {
  type Backlog,
  type BacklogPoint,
  type Grouping,
  LISTED,
  type Listed,
  type PeriodBefore,
  type ReasonCount,
  type Report,
  type RequestsSpent,
  type Totals,
} from './report.ts';
import { difference, noTotals, successRate } from './totals.ts';

export interface ReportQuestion {
  readonly since: Instant;
  /** Not included. */
  readonly until: Instant;
  readonly now: Instant;
  readonly timeZone: string;
  readonly by: Grouping;
  /** Null: no night is expected. */
  readonly expected: Expected | null;
  /** The full sweep that is known to be at work; null: none is. */
  readonly atWork: number | null;
}

/** What is on record, for {@link figures}. */
export interface Recorded {
  readonly outcomes: Iterable<OutcomeRow>;
  /** Of the period of the same length just before. */
  readonly totalsBefore: Iterable<OutcomeCount>;
  readonly runs: RunsOfPeriod;
  readonly backlog: Backlog;
  readonly failures: Page<FailureRow>;
  readonly resting: Page<Resting>;
  /** Older outcomes are kept as sums only; null: every one is there. */
  readonly detailSince: Instant | null;
}

/** All figures, in one pass over the outcomes. Rows outside the period are left out. Pure: equal input, equal report. */
export function figures(recorded: Recorded, question: ReportQuestion): Report {
  const { since, until, now, timeZone, by, expected } = question;
  const { runs } = recorded;
  const calendar = calendarOf(timeZone);
  const end = Math.min(until, now);
  const nights = expected === null ? [] : nightsOf(runs.sweeps, expected, end, question.atWork);
  const groups = createGroups(by, calendar, by === 'day' ? daysOf(question, calendar) : []);
  const days = createDays(question, calendar, runs.sweeps);
  const closes = createCloses({ since, end, dueNights: dueNights(nights, expected), expected });
  const unfinished = new Set(runs.unfinished);
  const detailSince = recorded.detailSince ?? since;
  const kept = new Map<string, number>();
  const totals = noTotals();
  let unfinishedRequests = 0;
  for (const row of recorded.outcomes) {
    if (row.decidedAt < since || row.decidedAt >= until) continue;
    totals[row.outcome] += row.n;
    groups.add(row);
    days.add(row);
    // What pruning left of older closes are those that something still needs, such as those that came back: no sample.
    if (row.decidedAt >= detailSince) closes.add(row);
    if (unfinished.has(row.runId)) unfinishedRequests += row.requests;
    if (row.outcome === 'kept' && row.reason !== null) {
      kept.set(row.reason, (kept.get(row.reason) ?? 0) + row.n);
    }
  }
  return {
    since,
    until,
    now,
    timeZone,
    by,
    totals,
    rows: groups.rows(),
    days: days.figures(),
    keptReasons: mostFirst(kept),
    before: periodBefore(recorded, question, totals),
    successRate: successRate(totals),
    requests: requestsSpent(runs, unfinishedRequests, totals.closed),
    backlog: recorded.backlog,
    backlogTrend: backlogTrend(runs.sweeps, question, calendar),
    nights: expected === null ? null : countNights(nights, expected, question, calendar, runs),
    ...closes.figures(),
    failures: listed(recorded.failures, ({ restsUntil, ...failure }) => ({
      ...failure,
      nextAction: nextAction({ ...failure, restsUntil }, now),
    })),
    unclosable: listed(recorded.resting, (one) => ({ ...one, nextAction: restingAction(one) })),
    detailSince: recorded.detailSince,
  };
}

/** The nights that were due, and the one that is due next; null without any. */
function dueNights(nights: readonly { readonly at: Instant }[], expected: Expected | null): Instant[] | null {
  const last = nights.at(-1);
  if (last === undefined || expected === null) return null;
  return [...nights.map(({ at }) => at), expected.after(last.at).dueAt];
}

function mostFirst(counts: ReadonlyMap<string, number>): ReasonCount[] {
  return [...counts]
    .map(([reason, n]) => ({ reason, n }))
    .sort((a, b) => b.n - a.n || (a.reason < b.reason ? -1 : 1));
}

function periodBefore(
  { totalsBefore, runs }: Recorded,
  { since, until }: ReportQuestion,
  totals: Totals,
): PeriodBefore {
  const before = noTotals();
  const start = since - (until - since);
  for (const { outcome, n } of totalsBefore) before[outcome] += n;
  return {
    since: start,
    until: since,
    totals: before,
    difference: difference(totals, before),
    successRate: successRate(before),
    recorded: runs.firstRunAt !== null && runs.firstRunAt <= start,
  };
}

function requestsSpent(runs: RunsOfPeriod, unfinishedRequests: number, closed: number): RequestsSpent {
  const { total: finished, ...kinds }: RequestFigures = runs.requests;
  const total = finished + unfinishedRequests;
  return {
    total,
    ...kinds,
    perClose: closed === 0 ? null : total / closed,
    dryRuns: runs.dryRequests,
    unfinishedRuns: runs.unfinished.length,
  };
}

function backlogTrend(
  sweeps: readonly FullSweep[],
  { since, until }: ReportQuestion,
  calendar: Calendar,
): Listed<BacklogPoint> {
  const points = sweeps.filter(({ startedAt }) => startedAt >= since && startedAt < until);
  return {
    total: points.length,
    items: points.slice(-LISTED).map((sweep) => ({
      runId: sweep.id,
      startedAt: sweep.startedAt,
      day: calendar.day(sweep.startedAt),
      ...(hasCounted(sweep)
        ? { candidates: sweep.candidates, left: sweep.left }
        : { candidates: null, left: null }),
    })),
  };
}

/** What died, or was ended by an error of ours (1, 9), did not come to count what it left. */
function hasCounted({ exitCode }: FullSweep): boolean {
  return exitCode !== null && exitCode !== 1 && exitCode !== 9;
}

function listed<From, To>({ total, items }: Page<From>, to: (one: From) => To): Listed<To> {
  return { total, items: items.slice(0, LISTED).map(to) };
}
