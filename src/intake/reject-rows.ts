import { beginning, isFormula } from '../domain/text.ts';
import { type CsvRow, parseCells } from './csv.ts';
import { UNDECODABLE } from './decode.ts';
import type { Header } from './header.ts';
import type { Problem } from './problem.ts';

/** What stands behind the columns of the original in a file of rejected rows; a file that ends so is taken for one. */
export const REJECT_COLUMNS: readonly string[] = ['line', 'code', 'message'];

/** One line of it, without the guard that every CSV of ours gets: the values bring their own. */
export type RejectLine = readonly (string | number)[];

/** A row that did not go in, whole. */
export interface RejectedRow extends Problem {
  readonly line: number;
  readonly row: CsvRow;
}

/** What makes it impossible to put the row into columns: it is kept as text in the first one. */
const AS_TEXT: Readonly<Record<string, string>> = {
  bad_quote: 'The row stands as text in its first column; put each value into its own.',
  unclosed_quote:
    'Only the beginning of the row is here, as text in its first column; correct it in the original file.',
  record_too_long:
    'Only the beginning of the row is here, as text in its first column; correct it in the original file.',
};

/** Turns rejected rows into the lines of a file that can be corrected and imported; the first ones bring its header. */
export class RejectLines {
  readonly #header: Header;
  #begun = false;

  constructor(header: Header) {
    this.#header = header;
  }

  of(rejects: readonly RejectedRow[]): RejectLine[] {
    const lines = rejects.map(({ line, code, message, row }) => [
      ...this.#values(row, code),
      line,
      code,
      // Our sentences show a control character so; in the file it would count as damage.
      message.replaceAll(UNDECODABLE, '?'),
    ]);
    if (this.#begun) return lines;
    this.#begun = true;
    return [[...this.#header.names.map(escaped), ...REJECT_COLUMNS], ...lines];
  }

  /** A row of the wrong length stays so: filled up, it could pass for another. */
  #values(row: CsvRow, code: string): string[] {
    const cells = row.cells ?? (code in AS_TEXT ? null : this.#parsed(row.text));
    if (cells !== null) return ownCells(this.#header, cells).map(escaped);
    const { length } = this.#header.names;
    return [escaped(asText(row.text, code)), ...Array.from({ length: length - 1 }, () => '')];
  }

  /** The cells of a row that only holds characters it must not hold. */
  #parsed(text: string): string[] | null {
    const records = parseCells(text, this.#header.delimiter);
    return records?.length === 1 ? (records[0] ?? null) : null;
  }
}

/** Enough to find the row by in the original file. */
const KEPT = 1_000;

/** On one line, and without what would be a reject of its own. */
function asText(text: string, code: string): string {
  const oneLine = (code === 'bad_quote' ? text : beginning(text, KEPT))
    .trim()
    .replace(/\r\n|\r|\n/g, '\u2424');
  return code in AS_TEXT ? oneLine.replaceAll('\0', '?').replaceAll(UNDECODABLE, '?') : oneLine;
}

/** The cells of a row but for those that a file of rejected rows has added. */
export function ownCells({ rejects }: Header, cells: readonly string[]): readonly string[] {
  return rejects ? cells.slice(0, -REJECT_COLUMNS.length).map(unescaped) : cells;
}

/**
 * Why a row that failed its checks is a reject still, if it comes from a file of rejected rows and stands there as
 * text; null otherwise.
 */
export function asBefore(header: Header, cells: readonly string[]): Problem | null {
  if (!header.rejects || cells.length !== header.width) return null;
  const code = cells[header.names.length + REJECT_COLUMNS.indexOf('code')] ?? '';
  const message = Object.hasOwn(AS_TEXT, code) ? AS_TEXT[code] : undefined;
  const [text, ...others] = ownCells(header, cells);
  if (message === undefined || text === '' || others.some((cell) => cell !== '')) return null;
  return { code, message };
}

/**
 * A value that a spreadsheet would run gets an apostrophe, and so does one that looks as if it had got one: so taking
 * it off again always gives the value back.
 */
function escaped(value: string): string {
  return needsApostrophe(value) ? `'${value}` : value;
}

/** A value as it was before {@link escaped}. */
export function unescaped(value: string): string {
  return value.startsWith("'") && needsApostrophe(value.slice(1)) ? value.slice(1) : value;
}

function needsApostrophe(value: string): boolean {
  return isFormula(value.replace(/^'+/, ''));
}
