import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/domain/errors.ts';
import { openStore } from '../../src/store/store.ts';
import { appDatabase, openSource, QUERY, tempDir } from './app-database.ts';

/** Bytes that mean nothing. */
const noise = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * i * 31 + i * 7) % 251));

function refusal(path: string, query = QUERY, since: string | null = null): SourceError {
  try {
    openSource(path, query, since);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

const SOUND = 'SELECT genesys_conversation_id AS conversation_id, id AS session_id, created_at AS started_at';
const ONLY_READS = 'give one SELECT, which only reads.';

describe('a query that cannot be used is refused in a sentence, and nothing of it takes effect', () => {
  it.each<[query: string, sentence: string | RegExp, since?: string]>([
    ['  ;', 'source.query is empty; give one SELECT.'],
    ['-- nothing', 'source.query is empty; give one SELECT.'],
    ['INSERT INTO web_sessions DEFAULT VALUES RETURNING *', `source.query begins with INSERT; ${ONLY_READS}`],
    ['/* */ DELETE FROM web_sessions', `source.query begins with DELETE; ${ONLY_READS}`],
    ["ATTACH 'other.db' AS other", `source.query begins with ATTACH; ${ONLY_READS}`],
    ['PRAGMA journal_mode = DELETE', `source.query begins with PRAGMA; ${ONLY_READS}`],
    ['VACUUM', `source.query begins with VACUUM; ${ONLY_READS}`],
    ['WITH x AS (SELECT 1) DELETE FROM web_sessions', `source.query would write; ${ONLY_READS}`],
    ['WITH x AS (SELECT 1) DELETE FROM web_sessions RETURNING *', `source.query would write; ${ONLY_READS}`],
    [`${SOUND} FROM web_sessions; DROP TABLE web_sessions`, /^source\.query has more than one statement/],
    [`${SOUND}\nFORM web_sessions`, 'source.query has a syntax error near "FORM" (line 2, column 1).'],
    [`${SOUND}\nFROM web_sessions WHERE (id`, /^source\.query ends too early; look for a parenthesis/],
    [`${SOUND} FROM web_session`, /reads the table web_session, .* did you mean web_sessions\?$/],
    [`${SOUND} FROM chats`, /reads the table chats, .* does not have; there is web_sessions\.$/],
    [`${SOUND}, visitor FROM web_sessions`, /reads the column visitor, .* did you mean visitor_id\?$/],
    [
      `${SOUND} FROM web_sessions WHERE nofun(1)`,
      /does not understand source\.query \(no such function: nofun\)/,
    ],
    [`${SOUND} FROM web_sessions WHERE id > ?`, /^source\.query has a parameter other than @since/],
    [`${SOUND} FROM web_sessions WHERE id > @nightsweep_ms`, /^source\.query has a parameter other/],
    [`${SOUND} FROM web_sessions WHERE id > @since`, /name the column that grows in source\.since\.$/],
    [`${SOUND} FROM web_sessions; -- all`, /^source\.query does not stand as a whole/],
    [`${SOUND} FROM web_sessions /* all`, /^source\.query does not stand as a whole/],
    [
      'SELECT id AS session_id, genesys_conversation_id, created_at AS started_at FROM web_sessions',
      'source.query yields no conversation_id; it yields session_id, genesys_conversation_id, started_at; is it "genesys_conversation_id AS conversation_id"?',
    ],
    [
      'SELECT 1 AS a',
      /^source\.query yields no conversation_id; it yields a; .* yields no session_id; .* yields no started_at; it yields a; name one AS started_at\.$/,
    ],
    [`${SOUND}, id AS session_id FROM web_sessions`, 'source.query yields session_id twice; leave one.'],
    [
      `${SOUND}, last_seen_at AS last_activity FROM web_sessions`,
      'source.query yields last_activity; did you mean last_activity_at?',
    ],
    [
      `${SOUND}, updated_at FROM web_sessions`,
      'source.since names update_at, which source.query does not yield; it yields conversation_id, session_id, started_at, updated_at; did you mean updated_at?',
      'update_at',
    ],
  ])('%s', (query, sentence, since) => {
    const { path, owner } = appDatabase();
    owner.exec("INSERT INTO web_sessions (created_at) VALUES ('2026-01-01 00:00:00')");
    const before = readFileSync(path);
    const error = refusal(path, query, since ?? null);
    if (typeof sentence === 'string') expect(error.message).toBe(sentence);
    else expect(error.message).toMatch(sentence);
    expect(error.exitCode).toBe(2);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    `${SOUND} FROM web_sessions;\n`,
    `-- sessions\n/* of the web */ ${SOUND} FROM web_sessions -- all`,
    `WITH s AS (SELECT * FROM web_sessions) ${SOUND} FROM s ORDER BY id DESC`,
    `SELECT GENESYS_CONVERSATION_ID AS CONVERSATION_ID, id AS "Session_Id", created_at AS started_at FROM web_sessions`,
    `${SOUND} FROM web_sessions GROUP BY genesys_conversation_id`,
    `${SOUND} FROM web_sessions UNION ALL ${SOUND} FROM web_sessions`,
  ])('%s is fit', (query) => {
    const { path, owner } = appDatabase();
    owner.exec("INSERT INTO web_sessions (created_at) VALUES ('2026-01-01 00:00:00')");
    expect([...openSource(path, query).pages(null)]).toHaveLength(1);
  });

  it('one that fails while it is read says so too', () => {
    const { path, owner } = appDatabase();
    owner.exec("INSERT INTO web_sessions (created_at) VALUES ('x')");
    const opened = openSource(path, `${SOUND} FROM web_sessions WHERE json_extract(created_at, '$.a') = 1`);
    expect(() => [...opened.pages(null)]).toThrow(
      /^SQLite cannot carry out source\.query \(malformed JSON\)/,
    );
  });
});

describe('a file that cannot be used is refused in a sentence', () => {
  it.each<[string, (path: string) => void, exitCode: number, RegExp]>([
    ['is not there', () => {}, 2, /^There is no file .*app\.db; name the database of your application/],
    ['is a folder', (path) => mkdirSync(path), 2, /is not a file; name a SQLite database in source\.file\.$/],
    [
      'is text',
      (path) => writeFileSync(path, 'id,name\n'.repeat(200)),
      9,
      /is no SQLite database, or it is encrypted/,
    ],
    [
      'is encrypted',
      (path) => writeFileSync(path, noise(8192)),
      9,
      /is no SQLite database, or it is encrypted/,
    ],
    [
      'is our own',
      (path) => openStore(path, { mode: 'create', now: 0 }).close(),
      2,
      /is a nightsweep database, not that of your application/,
    ],
    ['has no tables', (path) => writeFileSync(path, ''), 2, /does not have; it has no tables at all\.$/],
  ])('one that %s', (_, make, exitCode, sentence) => {
    const path = join(tempDir(), 'app.db');
    make(path);
    const error = refusal(path);
    expect(error.message).toMatch(sentence);
    expect(error.exitCode).toBe(exitCode);
  });

  it('one that is damaged', () => {
    const { path, owner } = appDatabase({ journal: 'delete' });
    owner.exec(`INSERT INTO web_sessions (genesys_conversation_id, created_at)
      SELECT hex(randomblob(400)), 'x' FROM json_each('[${Array(50).fill(1)}]')`);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 4096));
    const attempt = () => [...openSource(path).pages(null)];
    expect(attempt).toThrow(SourceError);
    expect(attempt).toThrow(/is damaged/);
  });

  it('one that its owner keeps locked, after a while', () => {
    const { path, owner } = appDatabase({ journal: 'delete' });
    owner.exec('BEGIN EXCLUSIVE');
    const error = refusal(path);
    expect(error.message).toMatch(/^Another program kept .*app\.db locked for seconds;/);
    expect(error.exitCode).toBe(9);
    owner.exec('COMMIT');
    expect(openSource(path).count(null)).toBe(0);
  });

  it('one that is replaced while it is read', () => {
    const { path, owner, dir } = appDatabase();
    owner.exec(
      "INSERT INTO web_sessions (genesys_conversation_id, created_at) VALUES ('a', 'x'), (x'01', 'x')",
    );
    const pages = openSource(path).pages(null)[Symbol.iterator]();
    pages.next();
    writeFileSync(join(dir, 'other.db'), readFileSync(path));
    renameSync(join(dir, 'other.db'), path);
    expect(() => pages.next()).toThrow(/app\.db was replaced while it was read; run again\.$/);
  });
});
