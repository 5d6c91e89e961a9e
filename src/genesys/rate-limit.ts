import { type Instant, MINUTE, SECOND } from '../domain/time.ts';

/** What a reply says about the limit it was counted against (official header names). */
export interface RateLimit {
  /** Requests used in the current window. */
  readonly count: number;
  readonly allowed: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

/** A longer wait is not a burst but a daily limit; the official SDKs give up there too. */
export const LONGEST_PAUSE_MS = 3 * MINUTE;

export type Headers = Readonly<Record<string, string | undefined>>;

const WHOLE_NUMBER = /^\d{1,9}$/;
const DIGITS = /^\d+$/;
const HTTP_DATE = /^[A-Za-z]{3}, .+ GMT$/;

/** Digits without end are more than a number can hold, and a wait must stay one. */
const LONGEST_WAIT_MS = Number.MAX_SAFE_INTEGER;

function wholeNumber(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return WHOLE_NUMBER.test(trimmed) ? Number(trimmed) : null;
}

/** Null when any of the three headers is missing or malformed: half a limit is no limit. */
export function readRateLimit(headers: Headers): RateLimit | null {
  const count = wholeNumber(headers['inin-ratelimit-count']);
  const allowed = wholeNumber(headers['inin-ratelimit-allowed']);
  const reset = wholeNumber(headers['inin-ratelimit-reset']);
  if (count === null || allowed === null || allowed === 0 || reset === null) return null;
  return { count, allowed, resetMs: reset * SECOND };
}

/**
 * How long a 429 asks to wait: `Retry-After` in whole seconds (official), however many, or as an HTTP date
 * (tolerated); null when it is missing, malformed or in the past. A date is one of the remote clock, so it is held
 * against the reply's own `Date`; only a reply without one is held against `now`.
 */
export function readRetryAfterMs(headers: Headers, now: Instant): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (DIGITS.test(text)) return Math.min(Number(text) * SECOND, LONGEST_WAIT_MS);
  const until = httpDate(text);
  if (until === null) return null;
  const wait = until - (httpDate(headers.date) ?? now);
  return wait > 0 ? wait : null;
}

/** The moment that a `Date` or `Retry-After` tells; null when it is missing or malformed. */
export function httpDate(text: string | undefined): Instant | null {
  const instant = HTTP_DATE.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isFinite(instant) ? instant : null;
}
