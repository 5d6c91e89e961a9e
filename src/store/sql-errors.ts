import { BusyError, DatabaseError } from '../domain/errors.ts';
import Database from './sqlite.ts';

/** What SQLite's result codes mean for the user of the file at `path`. Tried in order; prefixes match. */
const SENTENCES: readonly (readonly [code: string, sentence: (path: string, message: string) => string])[] = [
  ['SQLITE_FULL', noSpace],
  // The log's index could not be made as large as it must be.
  ['SQLITE_IOERR_SHMSIZE', noSpace],
  [
    'SQLITE_READONLY',
    (path) => `The database ${path} cannot be written; check the rights of the file and of its folder.`,
  ],
  [
    'SQLITE_BUSY',
    (path) =>
      `Another program keeps the database ${path} locked; let it commit its transaction, then run again.`,
  ],
  [
    'SQLITE_CANTOPEN',
    (path) => `The database ${path} cannot be opened; check the rights of the file and of its folder.`,
  ],
  [
    'SQLITE_NOTADB',
    (path) => `The file ${path} is not a nightsweep database; name the right one with --db or NIGHTSWEEP_DB.`,
  ],
  ['SQLITE_CORRUPT', (path) => `The database ${path} is damaged; go back to a backup.`],
  [
    'SQLITE_IOERR',
    (path, message) => `The disk failed under the database ${path} (${message}); check it, then run again.`,
  ],
  [
    'SQLITE_CONSTRAINT',
    (path, message) => `The database ${path} refused a row (${message}); nothing of this step was written.`,
  ],
];

function noSpace(path: string): string {
  return `There is no space left for the database ${path}; free some and run again.`;
}

/**
 * Turns what SQLite throws into a {@link DatabaseError} with one sentence and the original as its cause.
 * Everything else is handed back as it is: it is no matter of the database.
 */
export function asDatabaseError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const found = SENTENCES.find(([prefix]) => code.startsWith(prefix));
  const sentence =
    found?.[1](path, message) ??
    `The database ${path} could not be used (${message}, ${code}); look at it with 'nightsweep db check'.`;
  const Kind = code.startsWith('SQLITE_BUSY') ? BusyError : DatabaseError;
  return new Kind(sentence, { cause: error });
}

/** Runs `fn` and turns what SQLite throws in it into a {@link DatabaseError}. */
export function guarded<T>(path: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw asDatabaseError(path, error);
  }
}
