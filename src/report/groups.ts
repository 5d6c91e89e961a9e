import { sourceOf } from '../domain/close-request.ts';
import type { Calendar } from './calendar.ts';
import type { OutcomeRow } from './ports.ts';
import type { Grouping, ReportRow, Totals } from './report.ts';
import { noTotals } from './totals.ts';

/** What an outcome without a reason or queue is counted under. */
export const NO_KEY = '(none)';

/** Counts outcomes by one key. */
export interface Groups {
  add(row: OutcomeRow): void;
  /** In the order of their keys; hours and runs in the order of time. */
  rows(): ReportRow[];
}

/** @param keys that have a row even if nothing is counted under them */
export function createGroups(by: Grouping, calendar: Calendar, keys: Iterable<string> = []): Groups {
  const groups = new Map<string, { readonly totals: Totals; order: number }>();
  for (const key of keys) groups.set(key, { totals: noTotals(), order: 0 });
  return {
    add: (row) => {
      const key = keyOf(row, by, calendar);
      const order = orderOf(row, by);
      let group = groups.get(key);
      if (group === undefined) {
        group = { totals: noTotals(), order };
        groups.set(key, group);
      }
      group.order = Math.min(group.order, order);
      group.totals[row.outcome] += row.n;
    },
    rows: () =>
      [...groups]
        .sort(([a, { order: x }], [b, { order: y }]) => x - y || (a < b ? -1 : 1))
        .map(([key, { totals }]) => ({ key, ...totals })),
  };
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
