import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseError } from '../domain/errors.ts';
import type { Db } from './connection.ts';
import { cannotOpen, createPrivateFile } from './files.ts';

/**
 * Writes the whole database, as of one moment and with what is still in the WAL, into a new file. Until it is
 * complete and on the disk it is called `<file>.partial`: an interrupted copy opens as an empty database, and must
 * not be found under the name of a good one. Throws DatabaseError.
 *
 * `VACUUM INTO` rather than better-sqlite3's `backup()`: it is one read transaction that a busy writer cannot make
 * start over, it reads every row and so notices damage, and it is synchronous, so that nothing else of this
 * program can happen between the copy and what it is made for.
 */
export function snapshot(db: Db, file: string): void {
  demandNew(file);
  const partial = `${file}.partial`;
  if (!createPrivateFile(partial)) {
    throw new DatabaseError(
      `${partial} is already there: another backup is being written, or one was interrupted; remove it if none is, and run again.`,
    );
  }
  try {
    // Left by an interrupted copy that has been removed, it would be played back into this one.
    rmSync(`${partial}-journal`, { force: true });
    db.prepare<{ partial: string }>('VACUUM INTO @partial').run({ partial });
    flush(partial);
    demandNew(file);
    renameSync(partial, file);
    flush(dirname(file));
  } catch (error) {
    rmSync(partial, { force: true });
    throw error instanceof DatabaseError ? error : cannotOpen(file, error);
  }
}

function demandNew(file: string): void {
  if (existsSync(file)) {
    throw new DatabaseError(`${file} is already there and is not overwritten; choose another name.`);
  }
}

/** Waits until the file, or the names in the folder, are on the disk. */
function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
