import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseError } from '../domain/errors.ts';

/** Whether there is a file; throws DatabaseError when there is something else, or no way to look. */
export function fileExists(path: string): boolean {
  try {
    if (statSync(path).isFile()) return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw cannotOpen(path, error);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
    throw new DatabaseError(
      `${path} is a link to a file that is not there; mend the link, or name the right database with --db.`,
    );
  }
  throw new DatabaseError(`${path} is not a file, so it cannot be a database; name one with --db.`);
}

/** What SQLite and nightsweep keep beside a database. */
export const COMPANIONS = ['wal', 'shm', 'journal', 'lock', 'notified', 'last-night'] as const;

/**
 * The file of that kind which belongs to the database at `path`, there or not. One database has one of each, by whatever
 * link to it the callers go. Throws DatabaseError when there is no way to look.
 */
export function besideDatabase(path: string, kind: (typeof COMPANIONS)[number]): string {
  return `${realPath(path)}-${kind}`;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw cannotOpen(path, error);
  }
}

/**
 * Creates an empty file that only its owner may read and write, before SQLite would with the umask's rights;
 * SQLite gives its -wal and -shm files the same. Answers false when something is there already.
 *
 * Never opens a file that exists: closing any descriptor of a file drops the locks that this process's other
 * connections hold on it (POSIX), the lease among them.
 */
export function createPrivateFile(path: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw cannotOpen(path, error);
  }
}

/**
 * SQLite opens a write-protected file for reading. Then two could hold an "exclusive" lock on it; and it leaves a log
 * and its index behind that are as protected, also when the rights of the file have been mended.
 */
export function demandWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** What stays the same of a file until it is replaced; null: there is none. */
export function identityOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}

export function cannotOpen(path: string, error: unknown): DatabaseError {
  return new DatabaseError(
    `The file ${path} cannot be opened (${codeOf(error) ?? String(error)}); check the path and its rights.`,
    { cause: error },
  );
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
