import { DatabaseError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { type ConnectOptions, connect, type Db } from './connection.ts';
import { createPrivateFile, demandWritable, fileExists } from './files.ts';
import {
  demandCurrent,
  demandNotNewer,
  demandOurs,
  latestVersion,
  MIGRATIONS,
  type Migrated,
  migrate,
  schemaVersion,
} from './migrate.ts';

/**
 * `create`: a missing file is created. `write`: a missing file is an error, because a mistyped path must not look
 * like "nothing to do". Both migrate. `read`: nothing is changed, and an old schema is an error.
 */
export type OpenMode = 'create' | 'write' | 'read';

export interface OpenOptions {
  readonly mode: OpenMode;
  /** Names the backup that precedes a migration. */
  readonly now: Instant;
  /** Folder of the numbered `.sql` files, with a slash at its end. */
  readonly migrations?: URL;
  /** How long to wait for another program's lock, in ms. */
  readonly patienceMs?: number;
}

/** Opens the database for the given use. Throws DatabaseError with what to do about it. */
export function openDatabase(path: string, options: OpenOptions): { db: Db; migrated: Migrated | null } {
  const { mode, now, migrations = MIGRATIONS } = options;
  if (mode === 'create') createPrivateFile(path);
  if (mode !== 'read' && fileExists(path)) demandWritable(path);
  const db = openExisting(path, { ...options, readonly: mode === 'read' });
  try {
    const latest = latestVersion(migrations);
    demandNotNewer(db, latest);
    if (mode !== 'create') demandNotEmpty(db);
    if (mode === 'read') {
      demandCurrent(db, latest);
      return { db, migrated: null };
    }
    prepareForWriting(db);
    return { db, migrated: migrate(db, migrations, now) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Connects to a file that must be there and be ours, whatever its schema. Throws DatabaseError. */
export function openExisting(path: string, options: ConnectOptions): Db {
  if (!fileExists(path)) {
    throw new DatabaseError(
      `There is no database at ${path}; create it with 'nightsweep import mapping FILE' or 'nightsweep db migrate', or name the right one with --db.`,
    );
  }
  const db = connect(path, options);
  try {
    demandOurs(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** An interrupted copy must not look like "nothing to do". */
function demandNotEmpty(db: Db): void {
  if (schemaVersion(db) === 0) {
    throw new DatabaseError(
      `The database ${db.path} is empty; restore it, or fill it with 'nightsweep import mapping FILE' or 'nightsweep db migrate'.`,
    );
  }
}

function prepareForWriting(db: Db): void {
  if (db.pragma('journal_mode = WAL') !== 'wal') {
    throw new DatabaseError(
      `The database ${db.path} cannot keep a write-ahead log where it is; put it on a local disk.`,
    );
  }
  // WAL's default, NORMAL, could lose the last commits in a power cut: intents that have already been acted upon.
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
}
