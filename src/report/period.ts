import { UsageError } from '../domain/errors.ts';
import { DAY, HOUR, type Instant, MINUTE, parseInstant, toIso } from '../domain/time.ts';
import { calendarOf } from './calendar.ts';

export interface Period {
  readonly since: Instant;
  /** Not included. */
  readonly until: Instant;
}

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const AGO = /^(\d{1,6})([mhdw])$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DEFAULT_SINCE = '7d';
/** A report has a line for every day, and the year 9999 is millions of them away. */
const FARTHEST_MS = 366 * DAY;

/**
 * Reads `--since` (default 7d) and `--until` (default now). Each may be an age (`7d`, `24h`), a date (its first
 * moment in `timeZone`) or an ISO-8601 time with a zone.
 * @throws UsageError that names the flag
 */
export function parsePeriod(options: {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly now: Instant;
  readonly timeZone: string;
}): Period {
  checkTimeZone(options.timeZone);
  const moment = (flag: string, text: string) =>
    parseMoment(flag, text.trim(), options.now, options.timeZone);
  const since = moment('--since', options.since ?? DEFAULT_SINCE);
  const until = options.until === undefined ? options.now : moment('--until', options.until);
  if (until > options.now + FARTHEST_MS) {
    throw new UsageError(
      `--until (${toIso(until)}) lies more than a year ahead, where nothing is decided yet; leave it out.`,
    );
  }
  if (since < until) return { since, until };
  throw new UsageError(
    `--since (${toIso(since)}) is not before --until (${toIso(until)}), so no time is left between them; move one of them.`,
  );
}

/** @throws UsageError unless `timeZone` is a name that this Node.js knows */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone });
  } catch {
    throw new UsageError(
      `--time-zone ${JSON.stringify(timeZone)} is not a known time zone; use a name such as Europe/Berlin or UTC.`,
    );
  }
}

function parseMoment(flag: string, text: string, now: Instant, timeZone: string): Instant {
  const [, amount, unit = ''] = AGO.exec(text) ?? [];
  const at =
    amount !== undefined
      ? now - Number(amount) * (UNITS[unit] ?? Number.NaN)
      : DATE.test(text) && parseInstant(text) !== null
        ? startOfDay(text, timeZone)
        : parseInstant(text);
  if (at !== null && at >= 0) return at;
  throw new UsageError(
    `${flag} ${JSON.stringify(text)} is neither an age such as 7d or 24h, nor a date such as 2026-11-01, nor an ISO-8601 time with a zone since 1970.`,
  );
}

/** The first moment of a day, also where the clocks change at midnight and 00:00 is missing or occurs twice. */
export function startOfDay(date: string, timeZone: string): Instant {
  const calendar = calendarOf(timeZone);
  const utc = Date.parse(date);
  const starts = [-DAY, DAY]
    .map((shift) => utc - offsetOf(calendar.hour(utc + shift)))
    .filter((at) => calendar.day(at) === date);
  return starts.length > 0 ? Math.min(...starts) : utc;
}

/** The offset at the end of an hour's key, in milliseconds. */
function offsetOf(hour: string): number {
  const sign = hour.at(-6) === '-' ? -1 : 1;
  return sign * (Number(hour.slice(-5, -3)) * HOUR + Number(hour.slice(-2)) * MINUTE);
}
