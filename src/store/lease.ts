import { DatabaseError } from '../domain/errors.ts';
import type { Lease } from '../sweep/ports.ts';
import { besideDatabase, codeOf, createPrivateFile, demandWritable, identityOf } from './files.ts';
import { asDatabaseError } from './sql-errors.ts';
import Database from './sqlite.ts';

/**
 * The lease on the database at `path`: an exclusive lock on a second file beside it, `<db>-lock`. It belongs to the
 * operating system: a crash frees it at once, a stopped process keeps it. The file itself stays, empty.
 */
export function createLease(path: string): Lease {
  let held: { readonly file: string; readonly identity: string | null } | null = null;
  return {
    acquire() {
      const file = besideDatabase(path, 'lock');
      createPrivateFile(file);
      demandWritable(file);
      const identity = identityOf(file);
      const connection = lockExclusively(file);
      if (connection === null) return null;
      const mine = { file, identity };
      held = mine;
      return () => {
        if (held === mine) held = null;
        // Closing rolls back and gives the lock up; closing again does nothing.
        connection.close();
      };
    },
    demandHeld() {
      if (held === null) throw new Error('the lease was demanded and not acquired');
      if (held.identity !== null && identityOf(held.file) === held.identity) return;
      throw new DatabaseError(
        `The lock ${held.file} was removed or replaced while this run held it, and another run may have begun; never delete it while one runs. Run again when none does.`,
      );
    },
  };
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
