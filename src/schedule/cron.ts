/** A cron expression that has been understood. */
export interface CronExpression {
  /** As it was given, with single blanks. */
  readonly text: string;
  /**
   * The same for croner. Minutes and hours are written out as lists wherever the hours are not all of them: those are
   * times of the day, each of which comes once a day, also when the clocks change. `*` and steps would count as a
   * rhythm, which leaves out the hour that is missing in spring and runs twice through that of autumn. A day of the week
   * behind `+` has to be that of the month as well; to croner only a `*` by itself means no restriction.
   */
  readonly pattern: string;
}

export type ReadCron =
  | { readonly ok: true; readonly value: CronExpression }
  | { readonly ok: false; readonly hint: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Three letters each, from `min` on. */
  readonly words: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of the week', min: 0, max: 7, words: WEEKDAYS },
] as const satisfies readonly Field[];

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
]);

/**
 * Reads the five fields that every cron knows: numbers, names of months and weekdays, lists, ranges and steps. What
 * only some know (seconds, `L`, `W`, `#`, `?`, nicknames), or would begin no night ever, is refused with a hint.
 */
export function readCron(text: string): ReadCron {
  const nickname = NICKNAMES.get(text.trim().toLowerCase());
  if (nickname !== undefined) return refuse(`write it out: ${nickname}`);
  const parts = text.trim().toUpperCase().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    const isSix = parts.length === FIELDS.length + 1;
    const fields = parts.length === 1 ? 'field' : 'fields';
    return refuse(`it has ${parts.length} ${fields}${isSix ? '; there is none for seconds' : ''}`);
  }
  const sets: number[][] = [];
  for (const [at, field] of FIELDS.entries()) {
    const read = readField(parts[at] ?? '', field);
    if (typeof read === 'string') return refuse(read);
    sets.push(read);
  }
  const [minutes = [], hours = [], days = [], months = []] = sets;
  const [minute, , day = '', month = '', weekday = ''] = parts;
  // As cron has it: a day that begins with * restricts the other one, and two that do not are two ways to be due.
  const isBoth = day.startsWith('*') || weekday.startsWith('*');
  if (isBoth && !months.some((one) => longestOf(one) >= (days[0] ?? 0))) {
    return refuse('there is no such day in any year');
  }
  const isRhythm = hours.length === 24;
  const time = isRhythm ? `${minute} *` : `${minutes.join(',')} ${hours.join(',')}`;
  const weekdays = isBoth && day !== '*' && weekday !== '*' ? `+${weekday}` : weekday;
  const value = { text: text.trim().split(/\s+/).join(' '), pattern: `${time} ${day} ${month} ${weekdays}` };
  return { ok: true, value };
}

function refuse(hint: string): ReadCron {
  return { ok: false, hint };
}

/** Its numbers in order, or what is wrong. */
function readField(text: string, field: Field): number[] | string {
  const numbers = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]*)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
    const ends = range === '*' ? [field.min, field.max] : range.split('-').map((end) => numberOf(end, field));
    const [from, to = from] = ends;
    if (from === undefined || to === undefined || ends.includes(Number.NaN) || ends.length > 2) {
      return `the ${field.name} cannot be ${shown(item)}`;
    }
    if (from > to) return `the ${field.name} cannot go backwards from ${from} to ${to}`;
    if (Number(step) < 1) return `the ${field.name} cannot be ${shown(item)}; a step is 1 or more`;
    if (step !== undefined && ends.length === 1) {
      return `the ${field.name} cannot be ${shown(item)}; steps go with * or a range, as in */15`;
    }
    for (let n = from; n <= to; n += Number(step ?? 1)) numbers.add(n);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** NaN: it is none of this field. */
function numberOf(text: string, { min, max, words }: Field): number {
  const at = words.indexOf(text);
  if (at >= 0) return min + at;
  const n = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return n >= min && n <= max ? n : Number.NaN;
}

/** Short, and with nothing in it but what a field may consist of. */
function shown(item: string): string {
  return /^[\w*/#?+-]{1,12}$/.test(item) ? item : 'that';
}

/** In leap years. */
function longestOf(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}
