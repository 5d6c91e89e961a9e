import { nearest } from '../config/nearest.ts';
import { EXIT, SourceError } from '../domain/errors.ts';
import Database from '../store/sqlite.ts';
import { readColumns } from './columns.ts';

/** A query that has been found fit to be read page by page. */
export interface Examined {
  /** Without the semicolon at its end, so that it can stand within another. */
  readonly sql: string;
  /** Of the mapping's columns, what the query calls them; null: it does not yield this one. */
  readonly names: ReturnType<typeof readColumns>['names'];
  readonly since: string | null;
  readonly ignored: readonly string[];
  /** Whether it has the parameter `@since`. */
  readonly usesSince: boolean;
}

const OPENING = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*([a-z]*)/i;
const SELECTS = ['SELECT', 'WITH', 'VALUES'];

/**
 * Looks at the query without running it.
 * @throws SourceError in a sentence for each thing that is wrong with it; other errors of SQLite as they are
 */
export function examineQuery(
  db: Database.Database,
  path: string,
  query: string,
  since: string | null,
): Examined {
  // Some other statements take effect as soon as they are looked at.
  const [, opening = ''] = OPENING.exec(query) ?? [];
  if (!SELECTS.includes(opening.toUpperCase())) {
    throw wrong(
      opening === ''
        ? 'source.query is empty; give one SELECT.'
        : `source.query begins with ${opening.slice(0, 20)}; give one SELECT, which only reads.`,
    );
  }
  const statement = prepare(db, path, query);
  if (!statement.readonly || !statement.reader) {
    throw wrong('source.query would write; give one SELECT, which only reads.');
  }
  const usesSince = parametersOf(statement);
  if (usesSince && since === null) {
    throw wrong('source.query has the parameter @since; name the column that grows in source.since.');
  }
  const columns = readColumns(
    statement.columns().map(({ name }) => name),
    since,
  );
  const sql = query.replace(/[;\s]+$/, '');
  demandSubquery(db, sql);
  return { sql, usesSince, ...columns };
}

const wrong = (sentence: string, cause?: unknown) => new SourceError(sentence, EXIT.usage, { cause });

function prepare(db: Database.Database, path: string, query: string): Database.Statement {
  try {
    return db.prepare(query);
  } catch (error) {
    if (error instanceof RangeError) {
      throw wrong('source.query has more than one statement; give one SELECT.', error);
    }
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') throw error;
    throw wrong(explained(db, path, query, error.message), error);
  }
}

/** What SQLite says about a query that it does not understand, with the place or the likely name. */
function explained(db: Database.Database, path: string, query: string, message: string): string {
  const [, near] = /^near "([\s\S]*)": syntax error$/.exec(message) ?? [];
  if (near !== undefined) return `source.query has a syntax error near "${near}"${placeOf(near, query)}.`;
  if (message === 'incomplete input') {
    return 'source.query ends too early; look for a parenthesis or quote that is not closed.';
  }
  const [, table] = /^no such table: (.*)$/.exec(message) ?? [];
  if (table !== undefined) {
    const tables = namesOf(db, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
    return `source.query reads the table ${table}, which ${path} does not have${suggestion(table, tables)}`;
  }
  const [, column] = /^no such column: (.*)$/.exec(message) ?? [];
  if (column !== undefined) {
    const columns = namesOf(
      db,
      'SELECT DISTINCT c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c',
    );
    return `source.query reads the column ${column}, which is not there${suggestion(column.replace(/^.*\./, ''), columns)}`;
  }
  return `SQLite does not understand source.query (${message}); correct it.`;
}

const LISTED = 20;

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== null) return `; did you mean ${meant}?`;
  if (known.length === 0) return '; it has no tables at all.';
  const shown = known.slice(0, LISTED).join(', ');
  return `; there ${known.length === 1 ? 'is' : 'are'} ${shown}${known.length > LISTED ? ' and more' : ''}.`;
}

function namesOf(db: Database.Database, sql: string): string[] {
  return db.prepare<[], string>(sql).pluck().all();
}

/** ` (line 2, column 5)` where the word stands only once; SQLite itself does not tell. */
function placeOf(word: string, query: string): string {
  const at = query.indexOf(word);
  if (at === -1 || query.indexOf(word, at + 1) !== -1) return '';
  const before = query.slice(0, at).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}

/** Whether it has `@since`. @throws SourceError for any other parameter */
function parametersOf(statement: Database.Statement): boolean {
  try {
    statement.bind();
    return false;
  } catch {
    try {
      statement.bind({ since: null });
      return true;
    } catch (error) {
      throw wrong('source.query has a parameter other than @since; put the value into the query.', error);
    }
  }
}

/** What is read is a page of it: the query stands in parentheses within another. */
function demandSubquery(db: Database.Database, sql: string): void {
  try {
    db.prepare(`SELECT * FROM (\n${sql}\n)`);
  } catch (error) {
    throw wrong(
      'source.query does not stand as a whole; end it without a comment after the semicolon, and close every comment.',
      error,
    );
  }
}
