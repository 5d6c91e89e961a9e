import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { openMaintenance } from '../../src/store/maintenance.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { id, mappingRow, newRun, outcome, T0, tempDir, tempStore } from './fixtures.ts';

describe('a backup', () => {
  it('holds what is committed, also what is still in the write-ahead log, and can be used as it is', () => {
    const { store, path, user } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    user.exec('BEGIN IMMEDIATE; UPDATE mappings SET session_id = "not yet committed"'.replaceAll('"', "'"));
    const file = join(dirname(path), 'copy.db');
    store.maintenance.backupTo(file);
    user.exec('ROLLBACK');

    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    const copy = openStore(file, { mode: 'write', now: T0 });
    expect(copy.migrated).toBeNull();
    expect(copy.work.known(id(1)).mapping?.sessionId).toBe('session-1');
    expect(copy.maintenance.check()).toEqual([]);
    copy.close();
  });

  it('can be made by those who only read', () => {
    const { store, path } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    const reader = openMaintenance(path);
    const file = join(dirname(path), 'copy.db');
    reader.backupTo(file);
    reader.close();
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  it('never overwrites a file', () => {
    const { store, path } = tempStore();
    const file = join(dirname(path), 'precious');
    writeFileSync(file, 'precious');
    expect(() => store.maintenance.backupTo(file)).toThrow(DatabaseError);
    expect(() => store.maintenance.backupTo(file)).toThrow('is already there and is not overwritten');
    expect(() => store.maintenance.backupTo(path)).toThrow('is already there');
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('that was interrupted is neither taken for a good one nor for its own leavings', () => {
    const { store, path } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    const dir = tempDir();
    const file = join(dir, 'copy.db');
    writeFileSync(`${file}.partial`, '');
    writeFileSync(`${file}.partial-journal`, readFileSync(path));
    expect(() => store.maintenance.backupTo(file)).toThrow(
      `${file}.partial is already there: another backup is being written, or one was interrupted; remove it if none is, and run again.`,
    );
    expect(readdirSync(dir)).toEqual(['copy.db.partial', 'copy.db.partial-journal']);

    rmSync(`${file}.partial`);
    store.maintenance.backupTo(file);
    expect(readdirSync(dir)).toEqual(['copy.db']);
    const copy = openMaintenance(file);
    onTestFinished(() => copy.close());
    expect(copy.check()).toEqual([]);
  });

  it('that fails leaves nothing behind', () => {
    const { store, path } = tempStore();
    const root = pageOf(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'mappings'");
    store.close();
    damage(path, root);
    const broken = openMaintenance(path);
    onTestFinished(() => broken.close());
    const dir = tempDir();
    expect(() => broken.backupTo(join(dir, 'copy.db'))).toThrow(DatabaseError);
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('the check', () => {
  it('finds nothing in a good database', () => {
    expect(tempStore().store.maintenance.check()).toEqual([]);
  });

  it('names references that lead nowhere', () => {
    const { store, user } = tempStore();
    const runId = store.runs.begin(newRun());
    store.ledger.record(runId, outcome(1), null, T0);
    user.exec('PRAGMA foreign_keys = OFF; DELETE FROM runs');
    expect(store.maintenance.check()).toEqual(['row 1 of outcomes refers to a missing row of runs']);
  });

  it('finds damaged pages', () => {
    const { store, path } = tempStore();
    const root = pageOf(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'mappings_by_session'");
    store.close();
    damage(path, root);
    const broken = openMaintenance(path);
    onTestFinished(() => broken.close());
    expect(broken.check().join('\n')).toMatch(/page/i);
  });
});

describe('the status', () => {
  it('tells path, schema, size and journal', () => {
    const { store, path } = tempStore();
    const { schemaVersion, latestVersion, sizeBytes, ...rest } = store.maintenance.status();
    expect(rest).toEqual({ path, journalMode: 'wal' });
    expect(schemaVersion).toBe(latestVersion);
    expect(latestVersion).toBeGreaterThan(0);
    expect(sizeBytes).toBeGreaterThan(10_000);
  });

  it('can be had of a database that must be migrated first, which it does not change', () => {
    const path = join(tempDir(), 'x.db');
    writeFileSync(path, '');
    const early = openMaintenance(path);
    expect(early.status()).toMatchObject({ path, schemaVersion: 0, sizeBytes: 0 });
    early.close();
    expect(statSync(path).size).toBe(0);
  });

  it('cannot be had of a missing file', () => {
    expect(() => openMaintenance(join(tempDir(), 'x.db'))).toThrow('There is no database at');
  });
});

function pageOf(path: string, sql: string): { number: number; size: number } {
  const db = new Database(path, { readonly: true });
  try {
    const { rootpage } = db.prepare(sql).get() as { rootpage: number };
    return { number: rootpage, size: Number(db.pragma('page_size', { simple: true })) };
  } finally {
    db.close();
  }
}

/** Overwrites one page of a database that nobody has open. */
function damage(path: string, page: { number: number; size: number }): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(page.size, 0xee), 0, page.size, (page.number - 1) * page.size);
  closeSync(file);
}
