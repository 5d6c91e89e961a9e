import { realpathSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Lease } from '../sweep/ports.ts';
import { cannotOpen, codeOf, createPrivateFile, demandWritable } from './files.ts';
import { asDatabaseError } from './sql-errors.ts';

/**
 * The lease on the database at `path`: an exclusive lock on a second file beside it, `<db>-lock`. It belongs to the
 * operating system: a crash frees it at once, a stopped process keeps it. The file itself stays, empty.
 */
export function createLease(path: string): Lease {
  return {
    acquire() {
      const file = `${realPath(path)}-lock`;
      createPrivateFile(file);
      demandWritable(file);
      const connection = lockExclusively(file);
      // Closing rolls back and gives the lock up; closing again does nothing.
      return connection === null ? null : () => void connection.close();
    },
  };
}

/** One database has one lease, by whatever name of it the callers go. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw cannotOpen(path, error);
  }
}

/** Null when another holds the lock. */
function lockExclusively(file: string): Database.Database | null {
  let connection: Database.Database | null = null;
  try {
    connection = new Database(file, { fileMustExist: true, timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection?.close();
    if (codeOf(error) === 'SQLITE_BUSY') return null;
    throw asDatabaseError(file, error);
  }
}
