import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import { accept, type Parsed, refuse } from './parsed.ts';

export type DurationUnit = 's' | 'm' | 'h' | 'd';

const SIZES: Readonly<Record<DurationUnit, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const DURATION = /^(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?$/;
const ALMOST = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i;
const UNIT_NAMES: readonly (readonly [RegExp, number])[] = [
  [/^s(?:ecs?|econds?)?$/i, SECOND],
  [/^(?:m|mins?|minutes?)$/i, MINUTE],
  [/^h(?:rs?|ours?)?$/i, HOUR],
  [/^d(?:ays?)?$/i, DAY],
  [/^w(?:eeks?)?$/i, 7 * DAY],
];

/**
 * Reads `90s`, `15m`, `24h`, `7d` and sums from large to small such as `1h30m`, into milliseconds.
 * A bare number is refused: a `24` meant as hours and read as seconds would close nearly everything.
 * @param usual the unit to suggest for a bare number
 */
export function parseDuration(text: string, usual: DurationUnit = 'h'): Parsed<number> {
  const trimmed = text.trim();
  const parts = DURATION.exec(trimmed);
  if (parts !== null && trimmed !== '') {
    const [, d = 0, h = 0, m = 0, s = 0] = parts.map((part) => (part === undefined ? 0 : Number(part)));
    return accept(d * DAY + h * HOUR + m * MINUTE + s * SECOND);
  }
  if (/^\d{1,15}$/.test(trimmed)) return refuse(`${trimmed} has no unit; did you mean ${trimmed}${usual}?`);
  const meant = guess(trimmed);
  return refuse(meant === null ? null : `did you mean ${meant}?`);
}

/**
 * The same in one exact form that {@link parseDuration} reads back. Hours up to 72, because people say 24h
 * and 72h; days beyond. Whole seconds only: what is smaller is cut off.
 */
export function formatDuration(ms: number): string {
  let rest = Math.floor(ms / SECOND) * SECOND;
  const units: readonly DurationUnit[] = rest > 3 * DAY ? ['d', 'h', 'm', 's'] : ['h', 'm', 's'];
  let text = '';
  for (const unit of units) {
    const n = Math.floor(rest / SIZES[unit]);
    rest -= n * SIZES[unit];
    if (n > 0) text += `${n}${unit}`;
  }
  return text || '0s';
}

/** `5 min`, `24H`, `1.5h` in the accepted form; null when it cannot be guessed. */
function guess(text: string): string | null {
  const [, amount = '', name = ''] = ALMOST.exec(text) ?? [];
  const size = UNIT_NAMES.find(([pattern]) => pattern.test(name))?.[1];
  const ms = size === undefined ? Number.NaN : Math.round(Number(amount) * size);
  return Number.isSafeInteger(ms) && ms > 0 && ms % SECOND === 0 ? formatDuration(ms) : null;
}
