/** A moment, in milliseconds since 1970-01-01T00:00:00Z. Text appears only at the edges. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `YYYY-MM-DDTHH:MM:SS.sssZ`, the only form in which a moment is stored or printed for machines. */
export function toIso(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The first moment of the UTC day that `at` lies in. */
export function startOfUtcDay(at: Instant): Instant {
  return Math.floor(at / DAY) * DAY;
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i;

/** An offset can move the years 0000 and 9999 to where {@link toIso} has no four-digit year. */
export const EARLIEST: Instant = Date.parse('0000-01-01T00:00:00.000Z');
export const LATEST: Instant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Reads an ISO-8601 date (midnight UTC) or date-time with a time zone.
 * A date-time without a zone is refused: guessing one could be hours off, and hours decide what is stale.
 * Returns null for anything else, including days that do not exist (30 February).
 */
export function parseInstant(text: string): Instant | null {
  if (!ISO_8601.test(text)) return null;
  // It also takes offsets without a colon, as many programs write them.
  const instant = Date.parse(text.replace(' ', 'T'));
  if (!(instant >= EARLIEST && instant <= LATEST)) return null;
  const day = Number(text.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= daysInMonth ? instant : null;
}

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
] as const;

/** `93_784_000` → `1d 2h`: the two largest units, for people. */
export function humanDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms / SECOND)) * SECOND;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}

/** The place of the first of these moments, which are in the order of time, that is after `at`; their number: none is. */
export function firstAfter(moments: readonly Instant[], at: Instant): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] as Instant) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
