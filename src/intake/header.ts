import leven from 'leven';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import type { Log } from '../sweep/ports.ts';
import { withMap } from './advice.ts';
import { type ColumnMap, type Columns, plainName } from './column-map.ts';
import type { CsvRow } from './csv.ts';
import { DELIMITERS, type Delimiter, type Fit, flagFor, pluralOf } from './delimiter.ts';
import { quote, quoteSome } from './problem.ts';
import { REJECT_COLUMNS, unescaped } from './reject-rows.ts';

/** Where each known column stands, and what else is there. */
export interface Header {
  readonly index: ReadonlyMap<string, number>;
  /** Cells that every row must have. */
  readonly width: number;
  /** The columns as the file calls them, but for those that a file of rejected rows has added. */
  readonly names: readonly string[];
  readonly ignored: readonly string[];
  readonly delimiter: Delimiter;
  /** Whether it is a file of rejected rows, which `--rejects` has written. */
  readonly rejects: boolean;
}

/** What is known about a file before it is read. */
export interface Expected {
  readonly columns: Columns;
  readonly map: ColumnMap;
  /** Whatever is not known is left alone, also what looks like a known column misspelt. */
  readonly ignoreUnknown: boolean;
  readonly file: string;
  /** The command as it was typed, for advice that can be pasted. */
  readonly command: string;
}

const TYPO_DISTANCE = 2;

/**
 * Reads the header line. Names count without regard to case, surrounding blanks and order.
 * @throws UsageError when the file cannot be what it should be; it names the columns and the likely cause.
 */
export function readHeader(row: CsvRow, delimiter: Delimiter, expected: Expected): Header {
  const { columns, file } = expected;
  if (row.problem !== null) throw unreadableHeader(row, file);
  const rejects = hasRejectColumns(row.cells);
  const names = rejects ? row.cells.slice(0, -REJECT_COLUMNS.length).map(unescaped) : row.cells;
  const index = placesOf(names, expected);
  const used = new Set(index.values());
  const unused = names.filter((_, at) => !used.has(at));
  const typos = expected.ignoreUnknown ? new Map<string, string>() : typosIn(unused, index, columns);
  const missing = columns.required.filter((column) => !index.has(column) && !typos.has(column));
  if (missing.length > 0) throw missingColumns([...missing, ...typos.keys()], names, unused, expected);
  if (typos.size > 0) throw misspelt(typos, expected);
  return { index, width: row.cells.length, names, ignored: unused.map(plainName), delimiter, rejects };
}

/** How well a record fits as the header of such a file. */
export function fitOfHeader({ cells }: CsvRow, { columns, map }: Expected): Fit {
  const names = new Set((cells ?? []).map((cell) => plainName(unescaped(cell))));
  const has = (column: string) => names.has(headerFor(column, map));
  return {
    complete: columns.required.every(has),
    known: [...columns.required, ...columns.optional].filter(has).length,
  };
}

/** Says once which columns are not used. */
export function noteIgnored({ ignored }: Header, { file, ignoreUnknown }: Expected, log: Log): void {
  const named = ignored.filter((name) => name !== '');
  if (named.length > 0 && !ignoreUnknown) log.info(`${file}: columns that are not used: ${quoteSome(named)}`);
}

function hasRejectColumns(cells: readonly string[]): boolean {
  const last = cells.slice(-REJECT_COLUMNS.length).map(plainName);
  return cells.length > REJECT_COLUMNS.length && last.join() === REJECT_COLUMNS.join();
}

/** What a column is called in the file. */
function headerFor(column: string, map: ColumnMap): string {
  return plainName(map.get(column) ?? column);
}

/** @throws UsageError when a column is there twice, or one that was given is not there */
function placesOf(names: readonly string[], { columns, map, file }: Expected): Map<string, number> {
  const plain = names.map(plainName);
  const places = new Map<string, number>();
  for (const column of [...columns.required, ...columns.optional]) {
    const wanted = headerFor(column, map);
    const at = plain.indexOf(wanted);
    if (at === -1 && map.has(column)) {
      throw new UsageError(
        `${file} has no column ${quote(map.get(column) ?? '')}, which --map gives for ${column}; its first line has ${quoteSome(names)}.`,
      );
    }
    if (at === -1) continue;
    if (plain.lastIndexOf(wanted) !== at) {
      throw new UsageError(`${file} has the column ${printableName(wanted)} twice; remove one of them.`);
    }
    places.set(column, at);
  }
  return places;
}

function printableName(name: string): string {
  return /^\w+$/.test(name) ? name : quote(name);
}

/** Headers that look like columns of ours that are not there: ignored, they would be missed. By the column meant. */
function typosIn(
  unused: readonly string[],
  index: ReadonlyMap<string, number>,
  columns: Columns,
): Map<string, string> {
  const absent = [...columns.required, ...columns.optional].filter((column) => !index.has(column));
  const typos = new Map<string, string>();
  for (const name of unused) {
    const meant = absent.find((column) => isTypo(plainName(name), column));
    if (meant !== undefined && !typos.has(meant)) typos.set(meant, name);
  }
  return typos;
}

function isTypo(name: string, column: string): boolean {
  const distance = leven(name, column, { maxDistance: TYPO_DISTANCE + 1 });
  return distance > 0 && distance <= TYPO_DISTANCE;
}

/** How every ZIP archive begins, and so every Excel workbook. */
const ZIP = 'PK\u0003\u0004';

function unreadableHeader(row: CsvRow, file: string): UsageError {
  if (row.text.startsWith(ZIP)) {
    return new UsageError(`${file} is a ZIP archive or an Excel workbook; export it as CSV in UTF-8.`);
  }
  return row.problem?.code === 'nul_byte'
    ? new UsageError(
        `${file} contains NUL bytes, which look like UTF-16 without a byte-order mark; save it as UTF-8.`,
      )
    : new UsageError(`The header of ${file} cannot be read: ${row.problem?.message}`);
}

function misspelt(typos: ReadonlyMap<string, string>, { columns, file, command }: Expected): UsageError {
  const [meant = '', name = ''] = [...typos][0] ?? [];
  const others = typos.size > 1 ? ` (and ${typos.size - 1} more like it)` : '';
  const ignorable = [...typos.keys()].every((column) => columns.optional.includes(column));
  const leave = ignorable ? ', leave it out with --ignore-unknown' : '';
  return new UsageError(
    `${file} has a column ${quote(name)}; did you mean ${meant}${others}? Rename it${leave}, or run ${withMap(command, [...typos.keys()], [...typos.values()])} to take it as that.`,
  );
}

function missingColumns(
  missing: readonly string[],
  names: readonly string[],
  unused: readonly string[],
  { columns, file, command }: Expected,
): UsageError {
  const required = missing.filter((column) => columns.required.includes(column));
  const lacks = `${file} lacks the column${required.length > 1 ? 's' : ''} ${required.join(', ')}; its first line has ${quoteSome(names)}.`;
  const advice = `Rename or add the columns, or run ${withMap(command, missing, unused)} to say which they are.`;
  return new UsageError(`${lacks} ${otherCause(names) ?? advice}`);
}

/** What is wrong, where other names of columns would not help. */
function otherCause(names: readonly string[]): string | null {
  const [only, second] = names;
  const delimiter = DELIMITERS.find((one) => second === undefined && only?.includes(one));
  if (delimiter !== undefined) {
    return `It seems to be separated by ${pluralOf(delimiter)}; leave --delimiter out, or give ${flagFor(delimiter)}.`;
  }
  return names.some((name) => parseConversationId(name) !== null)
    ? 'That looks like a row; put a header line with the names of the columns first.'
    : null;
}
