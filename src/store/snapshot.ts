import { rmSync } from 'node:fs';
import { DatabaseError } from '../domain/errors.ts';
import type { Db } from './connection.ts';
import { createPrivateFile } from './files.ts';

/**
 * Writes the whole database, as of one moment and with what is still in the WAL, into a new file.
 *
 * `VACUUM INTO` rather than better-sqlite3's `backup()`: it is one read transaction that a busy writer cannot make
 * start over, it reads every row and so notices damage, and it is synchronous, so that nothing else of this
 * program can happen between the copy and what it is made for.
 */
export function snapshot(db: Db, file: string): void {
  if (!createPrivateFile(file)) {
    throw new DatabaseError(`${file} is already there and is not overwritten; choose another name.`);
  }
  try {
    db.prepare<{ file: string }>('VACUUM INTO @file').run({ file });
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
