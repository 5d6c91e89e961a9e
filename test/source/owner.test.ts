import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as breathe } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { foreignDatabase } from '../../src/source/foreign.ts';
import Database from '../../src/store/sqlite.ts';
import { SQLITE_PACKAGE } from '../helpers/sqlite-package.ts';
import { appDatabase, openSource, QUERY, rowsOf } from './app-database.ts';

/**
 * An application in a process of its own that commits one change after the other. It waits for nobody longer than
 * `timeoutMs`, and at the end tells what it has done.
 */
async function busyOwner(path: string, timeoutMs: number) {
  const script = `
    const Database = require('${SQLITE_PACKAGE}');
    const db = new Database(${JSON.stringify(path)}, { timeout: ${timeoutMs} });
    const insert = db.prepare("INSERT INTO web_sessions (genesys_conversation_id, created_at) VALUES (?, '2026-11-01 08:00:00')");
    let commits = 0, blocked = 0, last = false;
    process.stdin.on('data', () => { last = true; });
    (function go() {
      for (let i = 0; i < 5; i++) {
        try { insert.run('new-' + commits); commits++; } catch (error) { blocked++; }
      }
      if (commits === 5) process.stdout.write('writing\\n');
      if (!last) return setImmediate(go);
      process.stdout.write(JSON.stringify({ commits, blocked }) + '\\n', () => process.exit());
    })();`;
  const child = spawn(process.execPath, ['-e', script], { cwd: import.meta.dirname });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await once(child.stdout, 'data');
  return async (): Promise<{ commits: number; blocked: number }> => {
    child.stdin.write('end');
    await once(child, 'close');
    return JSON.parse(said.trim().split('\n').at(-1) ?? '');
  };
}

it.each([
  ['wal', 0],
  ['delete', 5_000],
])('an owner that writes all the while in journal mode %s is not blocked', async (journal, timeoutMs) => {
  const { path, owner } = appDatabase({ journal });
  owner.exec(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12000)
    INSERT INTO web_sessions (genesys_conversation_id, created_at)
    SELECT printf('old-%06d', n), '2026-11-01 08:00:00' FROM c`);
  owner.close();
  const end = await busyOwner(path, timeoutMs);
  let reads = 0;
  for (let pass = 0; pass < 3; pass++) {
    const opened = foreignDatabase({ file: path, query: QUERY, since: null }).open();
    const seen = new Set<unknown>();
    for (const { rows } of opened.pages(null)) {
      for (const row of rows) seen.add(row.conversation_id);
      reads++;
      await breathe();
    }
    expect([...seen].filter((id) => String(id).startsWith('old-'))).toHaveLength(12_000);
    opened.close();
  }
  const { commits, blocked } = await end();
  expect(reads).toBeGreaterThanOrEqual(9);
  expect(commits).toBeGreaterThan(5);
  expect(blocked).toBe(0);
  const after = new Database(path, { readonly: true });
  expect(after.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(after.prepare('SELECT count(*) FROM web_sessions').pluck().get()).toBe(12_000 + commits);
  after.close();
});

it('between two pages no lock is held, so that even an owner that waits for nobody can commit', () => {
  const { path, owner } = appDatabase({ journal: 'delete' });
  owner.pragma('busy_timeout = 0');
  owner.exec(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 6000)
    INSERT INTO web_sessions (genesys_conversation_id, created_at) SELECT 'c-' || n, 'x' FROM c`);
  const pages = openSource(path).pages(null)[Symbol.iterator]();
  const first = pages.next().value;
  owner.exec(
    "BEGIN EXCLUSIVE; INSERT INTO web_sessions (genesys_conversation_id, created_at) VALUES ('d', 'x'); COMMIT",
  );
  const second = pages.next().value;
  expect(rowsOf([first, second].flatMap((page) => page ?? []))).toHaveLength(6_001);
});
