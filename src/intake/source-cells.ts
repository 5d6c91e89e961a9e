import { printable, shortened } from '../domain/text.ts';
import { type Instant, parseInstant, SECOND, toIso } from '../domain/time.ts';
import { RowProblem } from './cells.ts';
import { UNDECODABLE } from './decode.ts';
import type { Header } from './header.ts';
import type { ForeignRow, ForeignValue } from './ports.ts';

type Column = Exclude<keyof ForeignRow, 'since'>;

const COLUMNS: readonly Column[] = [
  'conversation_id',
  'session_id',
  'started_at',
  'last_activity_at',
  'user_id',
];
const TIMES: readonly Column[] = ['started_at', 'last_activity_at'];

/** The order in which {@link cellsOf} hands over a row, as if it were that of a file. */
export const SOURCE_HEADER: Header = {
  index: new Map(COLUMNS.map((name, at) => [name, at])),
  width: COLUMNS.length,
  names: COLUMNS,
  ignored: [],
  delimiter: ',',
  rejects: false,
};

/**
 * The cells that the same row would have in a mapping file, so that the same checks can be made.
 * @throws RowProblem for a value that no file could hold, and for a time that is none
 */
export function cellsOf(row: ForeignRow): string[] {
  return COLUMNS.map((column) =>
    TIMES.includes(column) ? timeCell(row[column], column) : textCell(row[column], column),
  );
}

function textCell(value: ForeignValue, column: string): string {
  if (value === null) return '';
  if (value instanceof Uint8Array) {
    throw new RowProblem(
      'blob',
      `The ${column} is a BLOB; let the query make it text, such as CAST(… AS TEXT) or lower(hex(…)).`,
    );
  }
  const text = String(value).trim();
  if (text.includes(UNDECODABLE)) {
    throw new RowProblem('invalid_encoding', `The ${column} holds bytes that are not valid text.`);
  }
  return text;
}

function timeCell(value: ForeignValue, column: string): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') return inUtc(textCell(value, column));
  const instant = epochTime(Number(value));
  if (instant !== null) return toIso(instant);
  throw new RowProblem(
    'invalid_time',
    `${value} in ${column} is no time; numbers are seconds or milliseconds since 1970, from the year 2000 on.`,
  );
}

/** What SQLite's own `datetime()` and `CURRENT_TIMESTAMP` write; it is always UTC. */
const SQLITE_OWN = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

function inUtc(text: string): string {
  return SQLITE_OWN.test(text) ? `${text}Z` : text;
}

const YEAR_2000 = Date.UTC(2000, 0);
/** No second of this range is a millisecond of it: they end in the year 2286, where those begin in 2000. */
const END = 10_000_000_000 * SECOND;

/** Seconds or milliseconds since 1970; null when it is neither. */
function epochTime(value: number): Instant | null {
  for (const ms of [value * SECOND, value]) {
    if (ms >= YEAR_2000 && ms < END) return Math.round(ms);
  }
  return null;
}

/** When the row changed last; `none` where nobody has told, `unknown` where it cannot be understood. */
export function changeOf({ since }: ForeignRow): Instant | 'none' | 'unknown' {
  if (since === null || since === '') return 'none';
  try {
    return parseInstant(timeCell(since, 'since')) ?? 'unknown';
  } catch (error) {
    if (error instanceof RowProblem) return 'unknown';
    throw error;
  }
}

const SHOWN = 40;

/** What names a row that has no line: its conversation, else its session, else its number. */
export function keyOf(row: ForeignRow, number: number): string {
  for (const [what, value] of [
    ['conversation', row.conversation_id],
    ['session', row.session_id],
  ] as const) {
    if (value === null || value instanceof Uint8Array || value === '') continue;
    return `${what} ${printable(shortened(String(value), SHOWN), UNDECODABLE)}`;
  }
  return `row ${number}`;
}

/** The row as it stood, for the record. */
export function rawOf(row: ForeignRow): string {
  return JSON.stringify(row, (_name, value) => {
    if (typeof value === 'bigint') return Number(value);
    return value instanceof Uint8Array ? `BLOB of ${value.length} bytes` : value;
  });
}
