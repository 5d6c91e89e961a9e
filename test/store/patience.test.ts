import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPatience } from '../../src/store/patience.ts';
import Database from '../../src/store/sqlite.ts';
import { SQLITE_PACKAGE } from '../helpers/sqlite-package.ts';
import { id, mappingRow, T0, tempStore } from './fixtures.ts';

const busy = () => new Database.SqliteError('database is locked', 'SQLITE_BUSY');

/** Throws so many times before it answers. */
function lockedFor(times: number) {
  const step = { tries: 0, run: () => (++step.tries > times ? 'done' : fail()) };
  const fail = () => {
    throw busy();
  };
  return step;
}

describe('patience', () => {
  it('asks again until there is an answer', () => {
    const step = lockedFor(7);
    expect(createPatience(1_000)(step.run)).toBe('done');
    expect(step.tries).toBe(8);
  });

  it('ends with the error that kept coming', () => {
    const step = lockedFor(Number.POSITIVE_INFINITY);
    expect(() => createPatience(2)(step.run)).toThrow('database is locked');
    expect(step.tries).toBe(9);
  });

  it('of none asks once', () => {
    const step = lockedFor(1);
    expect(() => createPatience(0)(step.run)).toThrow('database is locked');
    expect(step.tries).toBe(1);
  });

  it('that is used up does not wait again before somebody was let through', () => {
    const patiently = createPatience(1);
    expect(() => patiently(lockedFor(100).run)).toThrow();
    const next = lockedFor(1);
    expect(() => patiently(next.run)).toThrow();
    expect(next.tries).toBe(1);
    expect(patiently(next.run)).toBe('done');
    expect(patiently(lockedFor(3).run)).toBe('done');
  });

  it.each([new Database.SqliteError('full', 'SQLITE_FULL'), new TypeError('a bug')])(
    'is only for locks: %s',
    (error) => {
      let tries = 0;
      const step = () => {
        tries++;
        throw error;
      };
      expect(() => createPatience(1_000)(step)).toThrow(error);
      expect(tries).toBe(1);
    },
  );
});

describe('a program that writes without pause', () => {
  it('lets our writes through, and neither side loses a row', async () => {
    const { store, path, user } = tempStore();
    store.intake.putMappings(
      Array.from({ length: 100 }, (_, n) => mappingRow(n)),
      'csv',
      T0,
    );
    const script = `
      const db = require('${SQLITE_PACKAGE}')('${path}', { timeout: 60000 });
      const insert = db.prepare("INSERT INTO imports (kind, file, started_at) VALUES ('closes', 'theirs', '2025-01-01T00:00:00.000Z')");
      const thousand = db.transaction(() => { for (let i = 0; i < 1000; i++) insert.run(); });
      let stop = false;
      process.stdin.on('data', () => { stop = true; });
      process.stdout.write('writing');
      let written = 0;
      (function go() {
        for (let i = 0; i < 3; i++) { thousand.immediate(); written += 1000; }
        if (stop) { process.stdout.write(' ' + written); process.stdin.destroy(); } else setImmediate(go);
      })();`;
    const child = spawn(process.execPath, ['-e', script], { cwd: import.meta.dirname });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await once(child.stdout, 'data');
    for (let n = 0; n < 20; n++) store.holds.hold([id(n)], T0 + n, T0);
    child.stdin.write('stop');
    await once(child, 'close');
    const written = Number(said.split(' ')[1]);
    expect(written).toBeGreaterThan(0);
    expect(user.prepare('SELECT count(*) AS n FROM imports').get()).toEqual({ n: written });
    expect(user.prepare('SELECT count(*) AS n FROM mappings WHERE hold_until IS NOT NULL').get()).toEqual({
      n: 20,
    });
  });
});
