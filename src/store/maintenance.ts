import type { Db } from './connection.ts';
import { openExisting } from './database.ts';
import { latestVersion, MIGRATIONS, schemaVersion } from './migrate.ts';
import { snapshot } from './snapshot.ts';

interface DatabaseStatus {
  readonly path: string;
  readonly schemaVersion: number;
  /** What this nightsweep needs. */
  readonly latestVersion: number;
  readonly sizeBytes: number;
  /** `wal` unless something has changed it. */
  readonly journalMode: string;
}

/** Housekeeping, for `db backup`, `db check`, `db status` and `doctor`. */
export interface Maintenance {
  /** Copies the database as it is now into a new file. Throws DatabaseError when that file is there already. */
  backupTo(file: string): void;
  /** Looks at every page and every reference; one sentence for each problem, none when all is well. */
  check(): string[];
  status(): DatabaseStatus;
}

interface BrokenReference {
  readonly table: string;
  readonly rowid: number | null;
  readonly parent: string;
}

export function maintenance(db: Db, migrations: URL = MIGRATIONS): Maintenance {
  const integrity = db.prepare<Record<string, never>, { readonly integrity_check: string }>(
    'PRAGMA integrity_check',
  );
  const references = db.prepare<Record<string, never>, BrokenReference>('PRAGMA foreign_key_check');

  return {
    backupTo: (file) => snapshot(db, file),
    check: () => [
      ...integrity
        .all({})
        .map((row) => row.integrity_check)
        .filter((problem) => problem !== 'ok'),
      ...references
        .all({})
        .map(({ table, rowid, parent }) => `row ${rowid} of ${table} refers to a missing row of ${parent}`),
    ],
    status: () => ({
      path: db.path,
      schemaVersion: schemaVersion(db),
      latestVersion: latestVersion(migrations),
      sizeBytes: Number(db.pragma('page_count')) * Number(db.pragma('page_size')),
      journalMode: String(db.pragma('journal_mode')),
    }),
  };
}

/**
 * Opens a database for a look at its state only, with whatever schema: `db status` must be able to tell that a
 * migration is due. Throws DatabaseError.
 */
export function openMaintenance(path: string, migrations?: URL): Maintenance & { close(): void } {
  const db = openExisting(path, { readonly: true });
  return { ...maintenance(db, migrations), close: () => db.close() };
}
