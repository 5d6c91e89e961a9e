import { EXIT, SourceError } from '../domain/errors.ts';
import Database from '../store/sqlite.ts';

/** What SQLite's result codes mean for whoever only wants to read. Tried in order; prefixes match. */
const SENTENCES: readonly (readonly [code: string, sentence: (path: string, message: string) => string])[] = [
  [
    'SQLITE_BUSY',
    (path) =>
      `Another program kept ${path} locked for seconds; let it commit its transaction, or use WAL mode there, then run again.`,
  ],
  [
    'SQLITE_NOTADB',
    (path) =>
      `${path} is no SQLite database, or it is encrypted; name one that SQLite can read in source.file.`,
  ],
  [
    'SQLITE_CORRUPT',
    (path, message) =>
      `${path} is damaged (${message}); let its owner look at it with PRAGMA integrity_check, then run again.`,
  ],
  ['SQLITE_READONLY', notOpen],
  ['SQLITE_CANTOPEN', notOpen],
  [
    'SQLITE_IOERR',
    (path, message) => `The disk failed under ${path} (${message}); check it, then run again.`,
  ],
];

/** After a crash only who may write can put a database in order; one in WAL mode needs its index beside it. */
function notOpen(path: string): string {
  return `${path} cannot be opened for reading only; start the application that owns it once, and in WAL mode let this user write in its folder, or run while the application does.`;
}

/** Turns what SQLite throws into a {@link SourceError}; everything else is handed back as it is. */
export function asSourceError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const found = SENTENCES.find(([prefix]) => code.startsWith(prefix));
  return found === undefined
    ? new SourceError(`SQLite cannot carry out source.query (${message}); correct it.`, EXIT.usage, {
        cause: error,
      })
    : new SourceError(found[1](path, message), EXIT.database, { cause: error });
}
