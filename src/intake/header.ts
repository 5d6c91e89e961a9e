import leven from 'leven';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import type { Log } from '../sweep/ports.ts';
import type { CsvRow } from './csv.ts';
import { quote, quoteSome } from './problem.ts';

/** Which columns a kind of file has. */
export interface Columns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Where each known column stands, and what else is there. */
export interface Header {
  readonly index: ReadonlyMap<string, number>;
  /** Cells that every row must have. */
  readonly width: number;
  readonly ignored: readonly string[];
}

const TYPO_DISTANCE = 2;

/**
 * Reads the header line. Names count without regard to case, surrounding blanks and order.
 * @throws UsageError when the file cannot be what it should be; it names the columns and the likely cause.
 */
export function readHeader(row: CsvRow, columns: Columns, file: string): Header {
  const known = [...columns.required, ...columns.optional];
  if (row.problem !== null) throw unreadableHeader(row, file);
  const names = row.cells.map((cell) => cell.toLowerCase());
  const twice = names.find((name, at) => known.includes(name) && names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UsageError(`${file} has the column ${twice} twice; remove one of them.`);
  }
  for (const name of names) {
    const meant = nearest(name, known);
    if (meant !== undefined && !names.includes(meant)) {
      throw new UsageError(`${file} has a column ${quote(name)}; did you mean ${meant}? Rename it.`);
    }
  }
  const missing = columns.required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw missingColumns(missing, row.cells, file);
  return {
    index: new Map(known.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)])),
    width: names.length,
    ignored: names.filter((name) => !known.includes(name)),
  };
}

/** Says once which columns are not used. */
export function noteIgnored({ ignored }: Header, file: string, log: Log): void {
  const named = ignored.filter((name) => name !== '');
  if (named.length > 0) log.info(`${file}: columns that are not used: ${quoteSome(named)}`);
}

function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => {
    const distance = leven(name, candidate, { maxDistance: TYPO_DISTANCE + 1 });
    return distance > 0 && distance <= TYPO_DISTANCE;
  });
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

function missingColumns(missing: readonly string[], cells: readonly string[], file: string): UsageError {
  const lacks = `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; its first line has ${quoteSome(cells)}.`;
  return new UsageError(`${lacks} ${likelyCause(cells)}`);
}

function likelyCause(cells: readonly string[]): string {
  for (const [delimiter, name] of [
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
  ] as const) {
    if (cells.length === 1 && cells[0]?.includes(delimiter)) {
      return `It seems to be separated by ${name} (${JSON.stringify(delimiter)}); export it with commas.`;
    }
  }
  return cells.some((cell) => parseConversationId(cell) !== null)
    ? 'That looks like a row; put a header line with the names of the columns first.'
    : 'Rename or add the columns.';
}
