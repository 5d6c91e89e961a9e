import { sourceOf } from '../domain/close-request.ts';
import { OUTCOMES, type OutcomeKind } from '../domain/outcome.ts';
import { HOUR, type Instant } from '../domain/time.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import type { OutcomeRow } from './ports.ts';

export const GROUPINGS = ['day', 'hour', 'outcome', 'reason', 'queue', 'origin', 'run'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** How often each outcome occurred; all nine are always there. */
export type Totals = Record<OutcomeKind, number>;
export type ReportRow = { readonly key: string } & Readonly<Totals>;

/** What happened from `since` up to, not including, `until`. */
export interface Report {
  readonly since: Instant;
  readonly until: Instant;
  readonly timeZone: string;
  readonly by: Grouping;
  readonly totals: Readonly<Totals>;
  /** In the order of their keys; hours and runs in the order of time. */
  readonly rows: readonly ReportRow[];
}

export interface ReportQuestion {
  readonly since: Instant;
  readonly until: Instant;
  readonly timeZone: string;
  readonly by: Grouping;
}

/** What an outcome without a reason or queue is counted under. */
export const NO_KEY = '(none)';

/** Counts outcomes in one pass. Rows outside the period are left out. Days without any outcome are rows of zeros. */
export function figures(rows: Iterable<OutcomeRow>, question: ReportQuestion): Report {
  const { since, until, by } = question;
  const calendar = calendarOf(question.timeZone);
  const totals = none();
  const groups = new Map<string, Totals & { order: number }>();
  const groupOf = (key: string, order: number) => {
    const group = groups.get(key) ?? { ...none(), order };
    groups.set(key, group);
    group.order = Math.min(group.order, order);
    return group;
  };
  if (by === 'day') for (const day of daysOf(question, calendar)) groupOf(day, 0);
  for (const row of rows) {
    if (row.decidedAt < since || row.decidedAt >= until) continue;
    const { n = 1 } = row;
    totals[row.outcome] += n;
    groupOf(keyOf(row, by, calendar), orderOf(row, by))[row.outcome] += n;
  }
  const ordered = [...groups].sort(([a, { order: x }], [b, { order: y }]) => x - y || (a < b ? -1 : 1));
  return { ...question, totals, rows: ordered.map(([key, { order: _, ...counts }]) => ({ key, ...counts })) };
}

function none(): Totals {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Totals;
}

function keyOf(row: OutcomeRow, by: Grouping, calendar: Calendar): string {
  switch (by) {
    case 'day':
      return calendar.day(row.decidedAt);
    case 'hour':
      return calendar.hour(row.decidedAt);
    case 'outcome':
      return row.outcome;
    case 'reason':
      return row.reason ?? NO_KEY;
    case 'queue':
      return row.queueId ?? NO_KEY;
    case 'origin':
      return sourceOf(row.origin);
    case 'run':
      return String(row.runId);
  }
}

/** Where the key alone would not sort: hours with changing offsets, and numbers. */
function orderOf(row: OutcomeRow, by: Grouping): number {
  if (by === 'hour') return row.decidedAt;
  return by === 'run' ? row.runId : 0;
}

/** Shorter than any day, and than any part of one that a change of offset could leave. */
const STEP_MS = 6 * HOUR;

function daysOf({ since, until }: ReportQuestion, calendar: Calendar): Set<string> {
  const days = new Set<string>();
  for (let at = since; at < until; at += STEP_MS) days.add(calendar.day(at));
  if (until > since) days.add(calendar.day(until - 1));
  return days;
}
