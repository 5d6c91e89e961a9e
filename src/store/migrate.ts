import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseError } from '../domain/errors.ts';
import { type Instant, toIso } from '../domain/time.ts';
import { APPLICATION_ID } from './application-id.ts';
import type { Db } from './connection.ts';
import { snapshot } from './snapshot.ts';

/** The same two steps up from `src/store/` and from `dist/store/`. */
export const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** What opening changed. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
  /** Copy of the database as it was; null when there was nothing to keep. */
  readonly backup: string | null;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The migrations in a folder in order. Their numbers count up from 1 without a gap. */
function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name, index) => {
      if (Number(name.slice(0, 4)) !== index + 1) {
        throw new Error(`migration ${name} should have number ${index + 1}`);
      }
      return { version: index + 1, name, sql: readFileSync(new URL(name, folder), 'utf8') };
    });
}

export function latestVersion(folder: URL): number {
  return readMigrations(folder).length;
}

export function schemaVersion(db: Db): number {
  return Number(db.pragma('user_version'));
}

/** Throws DatabaseError when the file belongs to another program. A new, empty one belongs to nobody yet. */
export function demandOurs(db: Db): void {
  const foreign = db.read(() =>
    schemaVersion(db) === 0
      ? db.prepare<Record<string, never>>('SELECT 1 FROM sqlite_schema').get({}) !== undefined
      : Number(db.pragma('application_id')) !== APPLICATION_ID,
  );
  if (foreign) {
    throw new DatabaseError(
      `The file ${db.path} is a database of another program; name the right one with --db or NIGHTSWEEP_DB.`,
    );
  }
}

/** Throws DatabaseError when a newer nightsweep has written it: there may be rules that we do not know. */
export function demandNotNewer(db: Db, latest: number): void {
  const version = schemaVersion(db);
  if (version > latest) {
    throw new DatabaseError(
      `The database ${db.path} was written by a newer nightsweep (schema ${version}, this one knows ${latest}); upgrade nightsweep.`,
    );
  }
}

/** Throws DatabaseError when it must be migrated first. */
export function demandCurrent(db: Db, latest: number): void {
  const version = schemaVersion(db);
  if (version < latest) {
    throw new DatabaseError(
      `The database ${db.path} has schema ${version} and ${latest} is needed; run 'nightsweep db migrate' once.`,
    );
  }
}

/**
 * Brings the database to the newest schema, forward only, each step in one transaction. One that holds data is
 * copied to `<db>.backup-v<version>-<time>` first. Null: there was nothing to do. Throws DatabaseError.
 */
export function migrate(db: Db, folder: URL, now: Instant): Migrated | null {
  const from = schemaVersion(db);
  const due = readMigrations(folder).filter(({ version }) => version > from);
  if (due.length === 0) return null;
  const backup = from > 0 && holdsData(db) ? backUp(db, from, now) : null;
  if (backup !== null && schemaVersion(db) !== from) {
    // Another process has migrated it meanwhile, so this may be no copy of what was before; that one has its own.
    rmSync(backup);
    return migrate(db, folder, now);
  }
  for (const migration of due) apply(db, migration);
  return { from, to: schemaVersion(db), backup };
}

function holdsData(db: Db): boolean {
  const found = db
    .prepare<Record<string, never>, { found: number }>(
      'SELECT EXISTS (SELECT 1 FROM mappings) OR EXISTS (SELECT 1 FROM runs) OR EXISTS (SELECT 1 FROM close_requests) AS found',
    )
    .get({});
  return found?.found === 1;
}

function backUp(db: Db, version: number, now: Instant): string {
  const file = `${db.path}.backup-v${version}-${toIso(now).replace(/[-:]/g, '')}`;
  snapshot(db, file);
  return file;
}

function apply(db: Db, { version, name, sql }: Migration): void {
  try {
    db.write(() => {
      // Another process may have been here since we looked.
      if (schemaVersion(db) >= version) return;
      db.exec(sql);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version}`);
    });
  } catch (error) {
    throw new DatabaseError(
      `The database ${db.path} stays at schema ${version - 1}, because ${name} could not be applied: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
