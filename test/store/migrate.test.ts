import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { openExisting } from '../../src/store/database.ts';
import { MIGRATIONS, type Migrated, migrate } from '../../src/store/migrate.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { id, mappingRow, newRun, T0, tempDir } from './fixtures.ts';

/** A folder with our migrations and then these. */
function migrationsAnd(dir: string, ...more: string[]): { folder: URL; latest: number } {
  const path = join(dir, 'migrations');
  cpSync(MIGRATIONS, path, { recursive: true });
  const ours = readdirSync(path).length;
  for (const [index, sql] of more.entries()) {
    writeFileSync(join(path, `${String(ours + index + 1).padStart(4, '0')}_more.sql`), sql);
  }
  return { folder: pathToFileURL(`${path}/`), latest: ours + more.length };
}

function versionOf(path: string): unknown {
  const db = new Database(path, { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
}

const backupsIn = (dir: string) => readdirSync(dir).filter((name) => name.includes('.backup-'));

describe('migrating', () => {
  it('our migrations are numbered from 1 without a gap', () => {
    const names = readdirSync(MIGRATIONS).sort();
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
  });

  it('brings a new database to the newest schema, and tells so', () => {
    const dir = tempDir();
    const { folder, latest } = migrationsAnd(dir, 'CREATE TABLE a (x)', 'CREATE TABLE b (x)');
    const store = openStore(join(dir, 'x.db'), { mode: 'create', now: T0, migrations: folder });
    expect(store.migrated).toEqual({ from: 0, to: latest, backup: null });
    expect(store.maintenance.status()).toMatchObject({ schemaVersion: latest, latestVersion: latest });
    store.close();
  });

  it.each<[string, (store: ReturnType<typeof openStore>) => void]>([
    ['mappings', (store) => void store.intake.putMappings([mappingRow(1)], 'csv', T0)],
    ['runs', (store) => void store.runs.begin(newRun())],
    [
      'close requests',
      (store) =>
        void store.intake.requestCloses(
          [{ conversationId: id(1), reason: null, origin: 'cli', force: false }],
          T0,
        ),
    ],
  ])('copies a database with %s first, for the owner only, as it was', (_, fill) => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    const old = openStore(path, { mode: 'create', now: T0 });
    fill(old);
    const versionBefore = old.maintenance.status().schemaVersion;
    const { folder } = migrationsAnd(
      dir,
      'DELETE FROM mappings; DELETE FROM runs; DELETE FROM close_requests;',
    );
    const store = openStore(path, { mode: 'write', now: T0, migrations: folder });

    const backup = `${path}.backup-v${versionBefore}-20250301T000000.000Z`;
    expect(store.migrated).toEqual({ from: versionBefore, to: versionBefore + 1, backup });
    expect((statSync(backup).mode & 0o777).toString(8)).toBe('600');
    const copy = openStore(backup, { mode: 'read', now: T0 });
    const { mappings, runs, pendingRequests } = copy.report.overview(T0);
    expect(mappings.open + runs + pendingRequests).toBe(1);
    expect(copy.maintenance.check()).toEqual([]);
    for (const each of [old, store, copy]) each.close();
  });

  it('does not copy a database without data', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    openStore(path, { mode: 'create', now: T0 }).close();
    const { folder } = migrationsAnd(dir, 'CREATE TABLE a (x)');
    const store = openStore(path, { mode: 'write', now: T0, migrations: folder });
    expect(store.migrated?.backup).toBeNull();
    expect(backupsIn(dir)).toEqual([]);
    store.close();
  });

  it('does not migrate when there is no room for the copy', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    const old = openStore(path, { mode: 'create', now: T0 });
    old.runs.begin(newRun());
    const { schemaVersion } = old.maintenance.status();
    old.close();
    mkdirSync(`${path}.backup-v${schemaVersion}-20250301T000000.000Z`);
    const { folder } = migrationsAnd(dir, 'DELETE FROM runs');
    expect(() => openStore(path, { mode: 'write', now: T0, migrations: folder })).toThrow(DatabaseError);
    expect(versionOf(path)).toBe(schemaVersion);
  });

  it('undoes all of a step that fails, and keeps the steps before it', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    const { folder, latest } = migrationsAnd(dir, 'CREATE TABLE a (x)', 'CREATE TABLE b (x); SELECT wrong;');
    const attempt = () => openStore(path, { mode: 'create', now: T0, migrations: folder });
    expect(attempt).toThrow(DatabaseError);
    expect(attempt).toThrow(
      /stays at schema \d+, because \d{4}_more.sql could not be applied: .*no such column/,
    );
    expect(versionOf(path)).toBe(latest - 1);
    const db = new Database(path, { readonly: true });
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')").all()).toEqual([
      { name: 'a' },
    ]);
    db.close();
  });

  it('is asked for by those who only read, who change nothing', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    openStore(path, { mode: 'create', now: T0 }).close();
    const before = readFileSync(path);
    const { folder, latest } = migrationsAnd(dir, 'CREATE TABLE a (x)');
    expect(() => openStore(path, { mode: 'read', now: T0, migrations: folder })).toThrow(
      `The database ${path} has schema ${latest - 1} and ${latest} is needed; run 'nightsweep db migrate' once.`,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a gap in the numbers is a bug in the package', () => {
    const dir = tempDir();
    writeFileSync(join(dir, '0002_late.sql'), '');
    const folder = pathToFileURL(`${dir}/`);
    expect(() => openStore(join(dir, 'x.db'), { mode: 'create', now: T0, migrations: folder })).toThrow(
      '0002_late.sql should have number 1',
    );
  });

  it('keeps no copy of what another process has migrated meanwhile', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    const old = openStore(path, { mode: 'create', now: T0 });
    old.runs.begin(newRun());
    old.close();
    const { folder, latest } = migrationsAnd(dir, 'DELETE FROM runs');
    const db = openExisting(path, { readonly: false });
    let other: Migrated | null = null;
    const overtaken: typeof db = {
      ...db,
      prepare: (sql) => {
        if (sql.startsWith('VACUUM INTO') && other === null) {
          const store = openStore(path, { mode: 'write', now: T0 + 1, migrations: folder });
          other = store.migrated;
          store.close();
        }
        return db.prepare(sql);
      },
    };
    expect(migrate(overtaken, folder, T0)).toBeNull();
    expect(other).toMatchObject({ from: latest - 1, to: latest });
    expect(backupsIn(dir)).toHaveLength(1);
    const copy = new Database(join(dir, backupsIn(dir)[0] ?? ''), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(latest - 1);
    copy.close();
    db.close();
  });

  it('happens once when several processes open a new database at the same time', async () => {
    const path = join(tempDir(), 'x.db');
    const store = new URL('../../src/store/store.ts', import.meta.url);
    const script = `
      import { openStore } from '${store}';
      const store = openStore('${path}', { mode: 'create', now: 0 });
      process.stdout.write(String(store.migrated?.from));
      store.close();`;
    const outputs = await Promise.all(Array.from({ length: 4 }, () => runScript(script)));
    // One may come between two migrations of another, and does the rest.
    const migrations = readdirSync(MIGRATIONS).length;
    const expected = ['undefined', ...Array.from({ length: migrations }, (_, version) => String(version))];
    expect(outputs.filter((output) => !expected.includes(output))).toEqual([]);
    expect(outputs).toContain('0');
    expect(versionOf(path)).toBe(migrations);
  });
});

/** What a script prints, errors included. */
function runScript(script: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', () => resolve(output));
  });
}
