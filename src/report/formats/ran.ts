import { calendarOf } from '../calendar.ts';
import type { Report } from '../report.ts';

/** Where the rows are days: those on which a full sweep was at work; else null. */
export function daysThatRan({ by, days }: Report): ReadonlySet<string> | null {
  return by === 'day' ? new Set(days.filter(({ ran }) => ran).map(({ day }) => day)) : null;
}

/**
 * Whether a day is one on which a sweep could have been: none is expected before the first on record, and where nights are
 * not due every day, none on the others.
 */
export function expectsSweep({ nights, timeZone }: Report): (day: string) => boolean {
  if (nights === null) return () => true;
  const { firstRunAt, days } = nights;
  const first = firstRunAt === null ? null : calendarOf(timeZone).day(firstRunAt);
  return (day) => first !== null && day >= first && (days === null || days.has(day));
}

/** The same for people: a remark on each day without one; null where the rows are no days, or all days had one. */
export function remarksOnDays(report: Report): ((day: string) => string) | null {
  const ran = daysThatRan(report);
  if (ran === null || report.days.every(({ day }) => ran.has(day))) return null;
  const today = calendarOf(report.timeZone).day(report.now);
  const expected = expectsSweep(report);
  return (day) => {
    if (ran.has(day) || !expected(day)) return '';
    return day < today ? 'no sweep' : 'no sweep yet';
  };
}
