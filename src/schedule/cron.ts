/** A cron expression that has been understood. */
export interface CronExpression {
  /** As it was given, with single blanks. */
  readonly text: string;
  /**
   * The same for croner, with nothing in it that it could refuse: what is not `*` by itself is written out as numbers. So
   * are the hours, unless they are all of them: those are times of the day, each of which comes once a day, also when the
   * clocks change. `*` would count as a rhythm, which leaves out the hour that is missing in spring and runs twice through
   * that of autumn. A day of the week behind `+` has to be that of the month as well; to croner only a `*` by itself means
   * no restriction.
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
  /** How many different values there are: both 0 and 7 are Sunday. */
  readonly size: number;
  /** Three letters each, from `min` on. */
  readonly words: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = [
  { name: 'minute', min: 0, max: 59, size: 60, words: [] },
  { name: 'hour', min: 0, max: 23, size: 24, words: [] },
  { name: 'day of the month', min: 1, max: 31, size: 31, words: [] },
  { name: 'month', min: 1, max: 12, size: 12, words: MONTHS },
  { name: 'day of the week', min: 0, max: 7, size: 7, words: WEEKDAYS },
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
    return refuse(
      `it has ${parts.length} ${fields}${isSix ? '; there is none for seconds' : ''}; give five such as 30 2 * * * (minute, hour, day, month, weekday)`,
    );
  }
  const sets: number[][] = [];
  for (const [at, field] of FIELDS.entries()) {
    const read = readField(parts[at] ?? '', field);
    if (typeof read === 'string') return refuse(`the ${field.name} ${read}`);
    sets.push(read);
  }
  const [, hours = [], days = [], months = []] = sets;
  const [, , day = '', , weekday = ''] = parts;
  // As cron has it: a day that begins with * restricts the other one, and two that do not are two ways to be due.
  const isBoth = day.startsWith('*') || weekday.startsWith('*');
  if (isBoth && !months.some((one) => longestOf(one) >= (days[0] ?? 0))) {
    return refuse('there is no such day in any year');
  }
  const isRhythm = hours.length === 24;
  const lists = sets.map((numbers) => numbers.join(','));
  const minute = isRhythm && parts[0] === '*' ? '*' : lists[0];
  const hour = isRhythm ? '*' : lists[1];
  const [, , ofMonth, month, ofWeek] = lists.map((list, at) => (parts[at] === '*' ? '*' : list));
  const alsoOfWeek = isBoth && day !== '*' && weekday !== '*' ? `+${ofWeek}` : ofWeek;
  const pattern = [minute, hour, ofMonth, month, alsoOfWeek].join(' ');
  return { ok: true, value: { text: text.trim().split(/\s+/).join(' '), pattern } };
}

function refuse(hint: string): ReadCron {
  return { ok: false, hint };
}

/** Its numbers in order, or what is wrong, so that "the hour …" is a sentence. */
function readField(text: string, field: Field): number[] | string {
  const numbers = new Set<number>();
  const items = text.split(',');
  for (const [at, item] of items.entries()) {
    if (item === '') return nothingAt(at, items.length);
    const [, range = '', step] = /^([^/]*)(?:\/(\d{1,9}))?$/.exec(item) ?? [];
    const ends = range === '*' ? [field.min, field.max] : range.split('-').map((end) => numberOf(end, field));
    const [from, to = from] = ends;
    if (from === undefined || to === undefined || ends.includes(Number.NaN) || ends.length > 2) {
      return `cannot be ${shown(item)}${meant(item, field)}`;
    }
    if (from > to) return backwards(range.split('-'), [from, to], field);
    if (step !== undefined && ends.length === 1) {
      return `cannot be ${shown(item)}; steps go with * or a range, as in */15`;
    }
    const largest = Math.min(to - from + 1, field.size);
    if (Number(step) < 1 || Number(step) > largest) {
      return `cannot be ${shown(item)}; its step can be 1 to ${largest}`;
    }
    for (let n = from; n <= to; n += Number(step ?? 1)) numbers.add(n);
  }
  return [...numbers].sort((a, b) => a - b);
}

function nothingAt(at: number, items: number): string {
  if (at === 0) return 'has nothing before its first comma';
  return at === items - 1 ? 'has nothing after its last comma' : 'has nothing between two commas';
}

/** `MONDAY-FRIDAY` → MON-FRI */
function meant(item: string, { words }: Field): string {
  const short = item.replace(/[A-Z]{4,}/g, (long) => words.find((word) => long.startsWith(word)) ?? long);
  return short === item || short.length > LONGEST_SHOWN ? '' : `; did you mean ${shown(short)}?`;
}

/** `FRI-MON` → FRI-SAT,SUN-MON */
function backwards(given: readonly string[], [from, to]: [number, number], field: Field): string {
  const isWords = given.some((end) => field.words.includes(end));
  const name = (n: number) => (isWords && field.words[n - field.min]) || String(n);
  const range = (a: number, b: number) => (a === b ? name(a) : `${name(a)}-${name(b)}`);
  const last = field.min + field.size - 1;
  const before = from > last ? '' : `${range(from, last)},`;
  return `cannot go backwards from ${given.join(' to ')}; write ${before}${range(field.min, to)}`;
}

/** NaN: it is none of this field. */
function numberOf(text: string, { min, max, words }: Field): number {
  const at = words.indexOf(text);
  if (at >= 0) return min + at;
  const n = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return n >= min && n <= max ? n : Number.NaN;
}

const LONGEST_SHOWN = 20;

/** Short, and with nothing in it but what a field may consist of. */
function shown(item: string): string {
  return item.length <= LONGEST_SHOWN && /^[\w*/#?+-]+$/.test(item) ? item : 'that';
}

/** In leap years. */
function longestOf(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}
