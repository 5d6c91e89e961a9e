import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ForeignRow } from '../../src/intake/ports.ts';
import { foreignDatabase } from '../../src/source/foreign.ts';
import Database from '../../src/store/sqlite.ts';

/** A typical query on a typical table. */
export const QUERY = `SELECT genesys_conversation_id AS conversation_id, id AS session_id, created_at AS started_at,
  last_seen_at AS last_activity_at, visitor_id AS user_id, updated_at
FROM web_sessions WHERE genesys_conversation_id IS NOT NULL`;

export const TABLE = `CREATE TABLE web_sessions (
  id INTEGER PRIMARY KEY, genesys_conversation_id TEXT, visitor_id TEXT,
  created_at TEXT NOT NULL, last_seen_at TEXT, updated_at TEXT
)`;

/** Real files, and no wait for a disk where the system has a place for them in memory. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(FOLDERS, 'nightsweep-source-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The application's own database on a real file, and the application's connection to it. */
export function appDatabase({ journal = 'wal', dir = tempDir(), encoding = 'UTF-8', schema = TABLE } = {}) {
  const path = join(dir, 'app.db');
  const owner = new Database(path);
  owner.pragma(`encoding = '${encoding}'`);
  owner.pragma(`journal_mode = ${journal}`);
  owner.exec(schema);
  onTestFinished(() => void owner.close());
  return { path, owner, dir };
}

/** Opens a source for as long as the test lasts. */
export function openSource(path: string, query = QUERY, since: string | null = null) {
  const opened = foreignDatabase({ file: path, query, since, patienceMs: 50 }).open();
  onTestFinished(() => opened.close());
  return opened;
}

export function rowsOf(pages: Iterable<{ rows: readonly ForeignRow[] }>): ForeignRow[] {
  return [...pages].flatMap(({ rows }) => rows);
}
