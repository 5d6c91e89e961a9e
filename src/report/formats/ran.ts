import type { Report } from '../report.ts';

/** Where the rows are days: those on which a full sweep was at work; else null. */
export function daysThatRan({ by, days }: Report): ReadonlySet<string> | null {
  return by === 'day' ? new Set(days.filter(({ ran }) => ran).map(({ day }) => day)) : null;
}
