import { DAY, HOUR, type Instant } from '../../../domain/time.ts';

const NUMBER = new Intl.NumberFormat('en-GB');

/** `1,204` */
export function count(n: number): string {
  return NUMBER.format(n);
}

/** `1 night`, `1,204 nights` */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Whole hours, as the other formats have them. */
export function hours(ms: number): string {
  return count(Math.round(ms / HOUR));
}

/** `12 more than in the 7 days before`, `as many as in …`, `3 fewer than in …` */
export function comparison(difference: number, before: string): string {
  if (difference === 0) return `as many as in ${before}`;
  return `${count(Math.abs(difference))} ${difference > 0 ? 'more' : 'fewer'} than in ${before}`;
}

/** A change of the clocks makes a day an hour longer or shorter. */
const HOUR_OR_TWO = 2 / 24;

/** `the 7 days before`; a length that is not one of days has no such name. */
export function spanBefore(lengthMs: number): string {
  const days = Math.round(lengthMs / DAY);
  if (days < 1 || Math.abs(lengthMs / DAY - days) > HOUR_OR_TWO) return 'the same time before';
  return days === 1 ? 'the day before' : `the ${count(days)} days before`;
}

/** Words that programs use, for people: `agent_connected` → `agent connected`. */
export function spaced(word: string): string {
  return word.replaceAll('_', ' ');
}

/** Names of days, which are keys such as `2026-11-24` and have no zone. */
const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
const FULL = format({ day: 'numeric', month: 'short', year: 'numeric' });
const SHORT = format({ day: 'numeric', month: 'short' });
const MONTH = format({ month: 'short', year: 'numeric' });
const MONTH_TICK = format({ month: 'short', year: '2-digit' });

export const dayName = (day: string) => FULL.format(Date.parse(day));
export const dayTick = (day: string) => SHORT.format(Date.parse(day));
export const monthName = (day: string) => MONTH.format(Date.parse(day));
export const monthTick = (day: string) => MONTH_TICK.format(Date.parse(day)).replace(' ', ' ’');

/** `24 Nov 2026, 18:30`, by the clocks of a place. */
export function momentIn(timeZone: string): (at: Instant) => string {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => clock.format(at);
}
