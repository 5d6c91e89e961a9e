import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, type Instant, SECOND, toIso } from '../../src/domain/time.ts';
import type { ForeignPage } from '../../src/intake/ports.ts';
import { createPages } from '../../src/source/pages.ts';
import { examineQuery } from '../../src/source/query.ts';
import type Database from '../../src/store/sqlite.ts';
import { appDatabase, openSource, rowsOf } from './app-database.ts';

const SCHEMA = 'CREATE TABLE t (conversation_id, session_id, started_at, last_activity_at, user_id, since)';
const QUERY = 'SELECT * FROM t';
/** A page has 5,000 rows: a conversation that has all of these begins in one page, fills one and ends in a third. */
const MORE_THAN_TWO_PAGES = 11_000;

/** More than there can be: a mistake must not read the same page for ever. */
const TOO_MANY_PAGES = 20;

function pagesOf(path: string): ForeignPage[] {
  const pages: ForeignPage[] = [];
  for (const page of openSource(path, QUERY).pages(null)) {
    if (pages.push(page) > TOO_MANY_PAGES) break;
  }
  return pages;
}

/** A table of which the nth row has `id(n)`, an expression of SQL in which `n` counts from 1. */
function tableOf(id: string, count: number, options: { encoding?: string; schema?: string } = {}) {
  const { path, owner } = appDatabase({ schema: SCHEMA, ...options });
  owner.exec(`
    WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${count})
    INSERT INTO t SELECT ${id}, n, n, NULL, NULL, NULL FROM c`);
  return { path, owner };
}

describe('every row is read exactly once', () => {
  it.each<[string, string, object?]>([
    ['ids of their own', "printf('%08x-0000-4000-8000-000000000000', n * 7919 % 65536)"],
    ['one conversation for all of them', "'00000000-0000-4000-8000-000000000001'"],
    ['three conversations', "printf('%08x-0000-4000-8000-000000000000', n % 3)"],
    ['ids that are invalid UTF-8', "CAST(x'ff' || CAST(n AS BLOB) AS TEXT)"],
    ['ids that hold NULs', "'a' || char(0) || n"],
    [
      'a column that knows no case',
      "CASE n % 2 WHEN 0 THEN 'ABC' ELSE 'abc' END",
      { schema: SCHEMA.replace('conversation_id', 'conversation_id TEXT COLLATE NOCASE') },
    ],
    ['a database in UTF-16', "printf('%08x-ä-4000-8000-000000000000', n % 3000)", { encoding: 'UTF-16le' }],
  ])('with %s', (_, id, options) => {
    const { path } = tableOf(id, MORE_THAN_TWO_PAGES, options);
    const pages = pagesOf(path);
    const sessions = pages.flatMap(({ rows }) => rows.map(({ session_id: n }) => Number(n)));
    expect(pages.length).toBeGreaterThan(1);
    expect(sessions.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: MORE_THAN_TWO_PAGES }, (_, at) => at + 1),
    );
    expect(pages.every(({ unread }) => unread === 0)).toBe(true);
  });

  it.each([
    ['NULL', 'NULL'],
    ['a number', 'n'],
    ['a BLOB', 'randomblob(16)'],
    ['very long', "'x' || printf('%05000d', n)"],
  ])('but where the id is %s only some, and the others are counted', (_, id) => {
    const { path, owner } = tableOf(id, MORE_THAN_TWO_PAGES);
    owner.exec("INSERT INTO t (conversation_id) VALUES ('good')");
    const pages = pagesOf(path);
    expect(pages.map(({ rows, unread }) => [rows.length, unread])).toEqual([
      [1, 0],
      [1_000, MORE_THAN_TWO_PAGES - 1_000],
    ]);
  });
});

it('what is too long is cut where it is read, and keeps its kind', () => {
  const { path, owner } = appDatabase({ schema: SCHEMA });
  owner.exec(`INSERT INTO t VALUES ('a', printf('%0100000d', 1), zeroblob(100000), 1, 2.5, NULL)`);
  const [row] = rowsOf(openSource(path, QUERY).pages(null));
  expect(row?.session_id).toHaveLength(1_000);
  expect(row?.started_at).toHaveLength(1_000);
  expect(row?.started_at).toBeInstanceOf(Uint8Array);
  expect(row).toMatchObject({ last_activity_at: 1n, user_id: 2.5 });
});

type Form = (at: Instant) => string | number;

/** Ways in which an application writes a time. */
const TEXTS: readonly Form[] = [
  toIso,
  (at) => toIso(at).replace('.000Z', 'Z'),
  (at) => toIso(at).slice(0, 19).replace('T', ' '),
  (at) => toIso(at).slice(0, 23).replace('T', ' '),
  (at) => toIso(at + 2 * HOUR).replace('Z', '+02:00'),
  (at) => toIso(at - 10 * HOUR).replace('Z', '-10:00'),
  (at) => toIso(at - 3.5 * HOUR).replace('Z', '-0330'),
];
const NUMBERS: readonly Form[] = [(at) => Math.floor(at / SECOND), (at) => at / SECOND, (at) => at];
const NOW = Date.parse('2026-11-10T03:00:00.000Z');

describe('what has changed since a moment', () => {
  it.each<[string, readonly Form[]]>([
    ['since', [...TEXTS, ...NUMBERS]],
    ['since TEXT', TEXTS],
    ['since DATETIME', [...TEXTS, ...NUMBERS]],
    ['since INTEGER', NUMBERS],
  ])('is read, in whatever form the column (%s) tells it, and with it what has no time', (column, forms) => {
    const { path, owner } = appDatabase({ schema: SCHEMA.replace(/since\)/, `${column})`) });
    const insert = owner.prepare("INSERT INTO t (conversation_id, session_id, since) VALUES ('a', ?, ?)");
    const times = fc.array(
      fc.tuple(fc.integer({ min: NOW - 9 * DAY, max: NOW + DAY }), fc.constantFrom(...forms)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(times, fc.integer({ min: NOW - 10 * DAY, max: NOW }), (rows, from) => {
        owner.exec('DELETE FROM t');
        for (const [n, [at, form]] of rows.entries()) insert.run(n, form(at));
        insert.run('none', null);
        insert.run('empty', '');
        const read = rowsOf(openSource(path, QUERY, 'since').pages(from)).map((row) =>
          String(row.session_id),
        );
        const due = rows.flatMap(([at], n) => (at >= from ? [String(n)] : []));
        expect(read).toEqual(expect.arrayContaining([...due, 'none', 'empty']));
        // Only what is told with another zone, or on the same day, may be read besides.
        const surplus = read.filter((n) => (rows[Number(n)]?.[0] ?? from) < from - 2 * DAY);
        expect(surplus).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('goes to the query as @since, in the form of SQLite, and is NULL where everything is read', () => {
    const { path, owner } = appDatabase({ schema: SCHEMA });
    owner.exec("INSERT INTO t (conversation_id, session_id, since) VALUES ('a', 1, '2026-11-10 03:00:00')");
    const query =
      'SELECT conversation_id, @since AS session_id, started_at, since FROM t WHERE @since IS NULL OR since >= @since';
    const opened = openSource(path, query, 'since');
    const seen = (since: Instant | null) => rowsOf(opened.pages(since)).map((row) => row.session_id);
    expect(seen(null)).toEqual([null]);
    expect(seen(NOW)).toEqual(['2026-11-10 03:00:00']);
    expect(seen(NOW + SECOND)).toEqual([]);
    expect([opened.count(null), opened.count(NOW), opened.count(NOW + SECOND)]).toEqual([1, 1, 0]);
  });
});

it.each([
  [
    'of the conversation',
    'CREATE INDEX i ON t (conversation_id)',
    null,
    / USING INDEX i \(conversation_id>\?\)/,
  ],
  ['of the change', 'CREATE INDEX i ON t (since)', NOW, / USING INDEX i \(since>\?\)/],
])('an index %s is used', (_, index, since, plan) => {
  const schema = SCHEMA.replace('conversation_id', 'conversation_id TEXT');
  const { path, owner } = tableOf("'c-' || n", 10, { schema });
  owner.exec(index);
  const plans: string[] = [];
  const spy = {
    prepare: (sql: string) => {
      const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]);
      const steps = owner.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
      plans.push(...steps.all(Object.fromEntries(names)).map(({ detail }) => detail));
      return owner.prepare(sql);
    },
  };
  const query = examineQuery(owner, path, QUERY, 'since');
  rowsOf(createPages(spy as Database.Database, query, (read) => read()).pages(since));
  expect(plans.join('\n')).toMatch(plan);
});
