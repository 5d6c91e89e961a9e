import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { type OpenMode, openDatabase } from '../../src/store/database.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { id, mappingRow, newRun, outcome, T0, tempDir, tempStore, userProgram } from './fixtures.ts';

const MODES: OpenMode[] = ['create', 'write', 'read'];
const open = (path: string, mode: OpenMode) => openStore(path, { mode, now: T0 });
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('opening a database', () => {
  it('creates file and folder on request, for the owner only, with its companions', () => {
    const path = join(tempDir(), 'a', 'b', 'nightsweep.db');
    const before = process.umask(0);
    const store = open(path, 'create');
    process.umask(before);
    store.intake.putMappings([mappingRow(1)], 'csv', T0);

    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
    store.close();
  });

  it('keeps every commit: write-ahead log, full synchronisation, references', () => {
    const { db } = openDatabase(join(tempDir(), 'x.db'), { mode: 'create', now: T0 });
    expect(['journal_mode', 'synchronous', 'foreign_keys'].map(db.pragma)).toEqual(['wal', 2, 1]);
    db.close();
  });

  it('finds what was written when it is opened again, in every mode', () => {
    const { store, path } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    store.close();
    for (const mode of MODES) {
      const again = open(path, mode);
      expect(again.work.known(id(1)).mapping?.sessionId).toBe('session-1');
      expect(again.migrated).toBeNull();
      again.close();
    }
  });

  it('reads while another program is in the middle of a write', () => {
    const { path, user } = tempStore();
    user.exec('BEGIN IMMEDIATE');
    const reader = open(path, 'read');
    expect(reader.report.runs(1)).toEqual([]);
    reader.close();
  });

  it.each(['write', 'read'] as const)('in mode %s a missing file is an error and stays missing', (mode) => {
    const path = join(tempDir(), 'typo.db');
    expect(() => open(path, mode)).toThrow(
      `There is no database at ${path}; create it with 'nightsweep import mapping FILE' or 'nightsweep db migrate'`,
    );
    expect(existsSync(path)).toBe(false);
  });

  it('never writes in mode read', () => {
    const { path } = tempStore();
    const reader = open(path, 'read');
    expect(() => reader.runs.begin(newRun())).toThrow(DatabaseError);
    expect(() => reader.runs.begin(newRun())).toThrow('cannot be written');
    reader.close();
  });
});

describe('what cannot be opened is refused in a sentence, and is left as it was:', () => {
  const refusals: [string, (path: string) => void, RegExp][] = [
    ['a folder', (path) => mkdirSync(path), /is not a file/],
    ['a file of text', (path) => writeFileSync(path, 'a,b\n'.repeat(2_000)), /is not a nightsweep database/],
    ['a short file of text', (path) => writeFileSync(path, 'hello'), /is not a nightsweep database/],
    [
      "another program's database",
      (path) => void new Database(path).exec('CREATE TABLE sessions (id)').close(),
      /is a database of another program/,
    ],
    [
      "another program's numbered database",
      (path) => {
        const other = new Database(path);
        other.exec('CREATE TABLE mappings (id); PRAGMA user_version = 1');
        other.close();
      },
      /is a database of another program/,
    ],
    [
      'a newer database',
      (path) => {
        open(path, 'create').close();
        new Database(path).exec('PRAGMA user_version = 99').close();
      },
      /written by a newer nightsweep \(schema 99, this one knows \d+\); upgrade nightsweep/,
    ],
    [
      'a link to nowhere',
      (path) => symlinkSync(`${path}.gone`, path),
      /is a link to a file that is not there; mend the link/,
    ],
    ['a loop of links', (path) => symlinkSync(path, path), /cannot be opened \(ELOOP\)/],
  ];
  const cases = refusals.flatMap(([what, prepare, sentence]) =>
    MODES.map((mode) => [what, mode, prepare, sentence] as const),
  );
  it.each(cases)('%s, mode %s', (_, mode, prepare, sentence) => {
    const path = join(tempDir(), 'x.db');
    prepare(path);
    const before = contentOf(path);

    expect(() => open(path, mode)).toThrow(DatabaseError);
    expect(() => open(path, mode)).toThrow(sentence);
    expect(contentOf(path)).toEqual(before);
  });

  it.each(MODES)('a path below a file, mode %s', (mode) => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(() => open(join(file, 'x.db'), mode)).toThrow(DatabaseError);
    expect(() => open(join(file, 'x.db'), mode)).toThrow(/cannot be opened \(ENOTDIR\)/);
  });

  it.each(MODES)('a file that may not be read, mode %s', (mode) => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    open(path, 'create').close();
    chmodSync(path, 0o000);
    chmodSync(dir, 0o755);
    asNobody(() => {
      expect(() => open(path, mode)).toThrow(DatabaseError);
      expect(() => open(path, mode)).toThrow(`The database ${path} cannot be opened; check the rights`);
    });
  });

  it('an empty file, such as an interrupted copy, but by those who may create one', () => {
    const path = join(tempDir(), 'x.db');
    writeFileSync(path, '');
    for (const mode of ['read', 'write'] as const) {
      expect(() => open(path, mode)).toThrow(
        "is empty; restore it, or fill it with 'nightsweep import mapping FILE'",
      );
    }
    const store = open(path, 'create');
    expect(store.migrated).toMatchObject({ from: 0, backup: null });
    store.close();
  });
});

describe('a database that is removed or replaced while it is in use', () => {
  const replace = (file: string) => {
    renameSync(file, `${file}.old`);
    writeFileSync(file, '');
  };
  it.each([
    ['removed', '', (path: string) => rmSync(path)],
    ['renamed', '', (path: string) => renameSync(path, `${path}.old`)],
    ['replaced', '', replace],
    ['its log removed', '-wal', rmSync],
    ['its log replaced', '-wal', replace],
    ["its log's index removed", '-shm', rmSync],
    ["its log's index replaced", '-shm', replace],
  ])('takes no more: %s', (_, suffix, happen) => {
    const { path, store } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    happen(`${path}${suffix}`);
    expect(() => store.intake.beginImport('mapping', 'a.csv', T0)).toThrow(
      new RegExp(`${path}${suffix} was removed or replaced while`),
    );
  });

  it('keeps all that had been committed when only its log was removed', () => {
    const { path, store, user } = tempStore();
    user.close();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    rmSync(`${path}-wal`);
    expect(() => store.intake.putMappings([mappingRow(2)], 'csv', T0)).toThrow(DatabaseError);
    store.close();
    const again = open(path, 'write');
    expect(again.work.known(id(1)).mapping?.sessionId).toBe('session-1');
    expect(again.work.known(id(2)).mapping).toBeNull();
    again.close();
  });
});

describe('what goes wrong later becomes a DatabaseError with its cause', () => {
  it('a full disk: nothing of that step is written', () => {
    const { path } = tempStore();
    const { db } = openDatabase(path, { mode: 'write', now: T0 });
    const insert = db.prepare<{ n: number; text: string }>(
      "INSERT INTO imports (id, kind, file, started_at) VALUES (@n, 'closes', @text, '2025-01-01T00:00:00.000Z')",
    );
    db.pragma(`max_page_count = ${Number(db.pragma('page_count')) + 1}`);
    const fill = () =>
      db.write(() => {
        for (let n = 1; n <= 50; n++) insert.run({ n, text: 'x'.repeat(4_000) });
      });

    expect(fill).toThrow(DatabaseError);
    expect(fill).toThrow(`There is no space left for the database ${path}`);
    expect(db.prepare<Record<string, never>>('SELECT * FROM imports').all({})).toEqual([]);
    db.close();
  });

  it('a lock that another program keeps', () => {
    const { path, user } = tempStore();
    const { db } = openDatabase(path, { mode: 'write', now: T0, patienceMs: 0 });
    user.exec('BEGIN IMMEDIATE');
    expect(() => db.write(() => {})).toThrow(`Another program keeps the database ${path} locked`);
    user.exec('ROLLBACK');
    expect(db.write(() => 'written')).toBe('written');
    db.close();
  });

  it('a row that the tables refuse, with what SQLite said', () => {
    const { store } = tempStore();
    const runId = store.runs.begin(newRun());
    store.ledger.record(runId, outcome(1), null, T0);
    const again = () => store.ledger.record(runId, outcome(1), null, T0);
    expect(again).toThrow(DatabaseError);
    expect(again).toThrow(
      'refused a row (UNIQUE constraint failed: outcomes.run_id, outcomes.conversation_id)',
    );
  });

  it('a table that somebody has dropped', () => {
    const { store, path, user } = tempStore();
    user.exec('DROP TABLE intents');
    expect(() => store.ledger.intents()).toThrow(
      `The database ${path} could not be used (no such table: intents, SQLITE_ERROR)`,
    );
  });

  it('but an error of our own inside a transaction is passed on, and the transaction undone', () => {
    const { path } = tempStore();
    const { db } = openDatabase(path, { mode: 'write', now: T0 });
    const bug = new TypeError('a bug');
    const step = () =>
      db.write(() => {
        db.exec(
          "INSERT INTO imports (kind, file, started_at) VALUES ('closes', 'f', '2025-01-01T00:00:00.000Z')",
        );
        throw bug;
      });
    expect(step).toThrow(bug);
    expect(userProgram(path).prepare('SELECT * FROM imports').all()).toEqual([]);
    db.close();
  });
});

function contentOf(path: string): Buffer | null {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null;
}

/** Root may read everything; for the length of `fn` be somebody who may not. */
function asNobody(fn: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    fn();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
