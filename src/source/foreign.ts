import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT, SourceError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import type { Foreign, OpenForeign } from '../intake/ports.ts';
import { APPLICATION_ID } from '../store/application-id.ts';
import { createPatience, PATIENCE_MS } from '../store/patience.ts';
import Database from '../store/sqlite.ts';
import { createPages } from './pages.ts';
import { examineQuery } from './query.ts';
import { asSourceError } from './source-errors.ts';

/** Where the mapping comes from. */
export interface ForeignOptions {
  /** The path of the SQLite file. */
  readonly file: string;
  /** One SELECT that yields the columns of the mapping. */
  readonly query: string;
  /** The column of the query that grows with each change; null: there is none. */
  readonly since: string | null;
  /** How long another program's lock is waited for, in ms. */
  readonly patienceMs?: number;
}

/** A SQLite database of another program. It is only read, and never for longer than one page takes. */
export function foreignDatabase(options: ForeignOptions): Foreign {
  const { file: path } = options;
  return { name: printable(basename(path), '?'), path, open: () => openForeign(options) };
}

function openForeign(options: ForeignOptions): OpenForeign {
  const { file: path, query, since } = options;
  const patiently = createPatience(options.patienceMs ?? PATIENCE_MS);
  const attempt = <T>(fn: () => T): T => {
    try {
      return patiently(fn);
    } catch (error) {
      throw asSourceError(path, error);
    }
  };
  const fileIdentity = identityOf(path);
  demandReadable(path);
  const raw = attempt(() => new Database(path, { readonly: true, fileMustExist: true, timeout: 0 }));
  try {
    // Reading it is also what first touches the file.
    if (attempt(() => raw.pragma('application_id', { simple: true })) === APPLICATION_ID) {
      throw new SourceError(
        `${path} is a nightsweep database, not that of your application; name the application's in source.file.`,
        EXIT.usage,
      );
    }
    const examined = attempt(() => examineQuery(raw, path, query, since));
    const read = <T>(fn: () => T): T => {
      demandSameFile(path, fileIdentity);
      return attempt(fn);
    };
    return {
      fileIdentity,
      querySha256: createHash('sha256')
        .update(JSON.stringify([query, since]))
        .digest('hex'),
      ignored: examined.ignored,
      asksSince: examined.usesSince,
      ...createPages(raw, examined, read),
      close: () => void raw.close(),
    };
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** @throws SourceError when there is no file */
function identityOf(path: string): string {
  try {
    const stats = statSync(path);
    // An inode is given to another file as soon as the first one is gone.
    if (stats.isFile()) return `${stats.dev}:${stats.ino}:${Math.floor(stats.birthtimeMs)}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw notReadable(path, error);
    throw new SourceError(
      `There is no file ${path}; name the database of your application in source.file.`,
      EXIT.usage,
      { cause: error },
    );
  }
  throw new SourceError(`${path} is not a file; name a SQLite database in source.file.`, EXIT.usage);
}

/** Never opens the file by other means than SQLite's: closing it would drop this process's locks on it (POSIX). */
function demandReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw notReadable(path, error);
  }
}

function notReadable(path: string, error: unknown): SourceError {
  const { code } = error as NodeJS.ErrnoException;
  return new SourceError(
    `${path} cannot be read (${code}); give this user the right to read it and to enter its folder.`,
    EXIT.database,
    { cause: error },
  );
}

/** Pages of two files would make a mapping that never was. */
function demandSameFile(path: string, identity: string): void {
  if (identityOf(path) === identity) return;
  throw new SourceError(`${path} was replaced while it was read; run again.`, EXIT.database);
}
