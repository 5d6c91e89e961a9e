import { parseConversationId } from '../domain/ids.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import { pluralOf } from './delimiter.ts';
import type { Header } from './header.ts';
import { type Problem, quote } from './problem.ts';
import { asBefore, ownCells } from './reject-rows.ts';

/** Thrown inside the checks of one row and caught around them: the first problem ends the row. */
export class RowProblem extends Error {
  override name = 'RowProblem';
  readonly problem: Problem;

  constructor(code: string, message: string) {
    super(message);
    this.problem = { code, message };
  }
}

/** Programs write "no time" as the year 1 or 1970; taken at its word it would make everything look stale. */
const EARLIEST = Date.UTC(2000, 0);

/** The cells of one row by column name. */
export class Cells {
  readonly #header: Header;
  readonly #cells: readonly string[];

  /** @throws RowProblem `column_count` */
  constructor(header: Header, cells: readonly string[]) {
    const own = ownCells(header, cells);
    if (cells.length !== header.width) {
      throw new RowProblem(
        'column_count',
        `The row has ${own.length} ${own.length === 1 ? 'column' : 'columns'} instead of ${header.names.length}; put values with ${pluralOf(header.delimiter)} in quotes.`,
      );
    }
    this.#header = header;
    this.#cells = own;
  }

  /** Null when the column is missing or the cell empty. */
  optional(column: string): string | null {
    const at = this.#header.index.get(column);
    return (at === undefined ? '' : this.#cells[at]) || null;
  }

  /** @throws RowProblem `missing_value` */
  required(column: string): string {
    const value = this.optional(column);
    if (value === null) throw new RowProblem('missing_value', `The row has no ${column}.`);
    return value;
  }

  /** @throws RowProblem `invalid_id` */
  conversationId(column: string): string {
    return readId(this.required(column), column);
  }

  /** Null when empty. @throws RowProblem `invalid_time` */
  time(column: string): Instant | null {
    const text = this.optional(column);
    return text === null ? null : readTime(text, column);
  }
}

/** @throws RowProblem `invalid_id` */
export function readId(text: string, column: string): string {
  const id = parseConversationId(text);
  if (id !== null) return id;
  throw new RowProblem('invalid_id', `${quote(text)} in ${column} is not a UUID.`);
}

/** @throws RowProblem `invalid_time` */
export function readTime(text: string, column: string): Instant {
  const instant = parseInstant(text);
  if (instant !== null && instant < EARLIEST) {
    throw new RowProblem(
      'invalid_time',
      `${quote(text)} in ${column} is too long ago; leave it empty if unknown.`,
    );
  }
  if (instant !== null) return instant;
  throw new RowProblem(
    'invalid_time',
    parseInstant(`${text}Z`) !== null
      ? `${quote(text)} in ${column} has no time zone; add Z or an offset such as +02:00.`
      : `${quote(text)} in ${column} is not an ISO-8601 time such as 2026-11-01T09:30:00Z.`,
  );
}

const CONTROL = /\p{Cc}/u;

/** @throws RowProblem with `code` */
export function checkText(text: string, column: string, maxLength: number, code: string): void {
  if (text.length > maxLength) {
    throw new RowProblem(code, `The ${column} has ${text.length} characters; ${maxLength} are allowed.`);
  }
  if (CONTROL.test(text)) {
    throw new RowProblem(code, `The ${column} ${quote(text)} contains control characters.`);
  }
}

/** Runs checks; a {@link RowProblem} becomes the answer. */
export function caught<T>(check: () => T): T | Problem {
  try {
    return check();
  } catch (error) {
    if (error instanceof RowProblem) return error.problem;
    throw error;
  }
}

/** The same for one row of a file, which may have been rejected before and not corrected since. */
export function checked<T>(header: Header, cells: readonly string[], check: (row: Cells) => T): T | Problem {
  try {
    return check(new Cells(header, cells));
  } catch (error) {
    if (error instanceof RowProblem) return asBefore(header, cells) ?? error.problem;
    throw error;
  }
}
