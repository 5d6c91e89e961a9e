import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE, toIso } from '../../src/domain/time.ts';
import type { Foreign } from '../../src/intake/ports.ts';
import { type SyncSource, syncMessage, syncSource } from '../../src/intake/sync-source.ts';
import { foreignDatabase } from '../../src/source/foreign.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Log } from '../../src/sweep/ports.ts';
import { appDatabase, QUERY, tempDir } from '../source/app-database.ts';
import { idOf, NOW } from './harness.ts';

const SQLITE = (at: Instant) => toIso(at).slice(0, 19).replace('T', ' ');

/** The application's database, our own, and syncs between them on a clock of their own. */
function world({
  query = QUERY,
  since = 'updated_at' as string | null,
  schema = undefined as string | undefined,
} = {}) {
  const app = appDatabase(schema === undefined ? {} : { schema });
  const store = freshStore();
  const notes: string[] = [];
  const note = (message: string) => void notes.push(message);
  const log: Log = { debug: note, info: note, warn: note };
  const clock = { at: NOW, now: () => clock.at, sleep: async () => {} };
  const put = () =>
    app.owner.prepare(`INSERT INTO web_sessions VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at`);
  return {
    ...app,
    store,
    notes,
    clock,
    /** Session n of conversation n, last seen then; `updated` is when the row says that it changed. */
    see: (
      n: number,
      seen: Instant,
      updated: Instant | string | null = seen,
      conversation: unknown = idOf(n),
    ) =>
      put().run(
        n,
        conversation,
        `visitor-${n}`,
        SQLITE(NOW - 9 * DAY),
        SQLITE(seen),
        typeof updated === 'number' ? SQLITE(updated) : updated,
      ),
    sync: (changes: Partial<SyncSource> & { query?: string; into?: Store } = {}) => {
      const into = changes.into ?? store;
      return syncSource({
        foreign: foreignDatabase({ file: app.path, query: changes.query ?? query, since, patienceMs: 50 }),
        store: into.intake,
        sources: into.sources,
        clock,
        log,
        overlapMs: HOUR,
        full: false,
        mayGoOn: () => true,
        ...changes,
      });
    },
    mapping: (n: number) => store.report.history(idOf(n)).mapping,
    cursor: () => store.sources.state(app.path)?.cursor ?? null,
  };
}

function freshStore(): Store {
  const store = openStore(join(tempDir(), 'nightsweep.db'), { mode: 'create', now: NOW });
  onTestFinished(() => store.close());
  return store;
}

describe('a sync', () => {
  it('takes what is new, knows what it has, and says so', async () => {
    const w = world();
    for (let n = 1; n <= 3; n++) w.see(n, NOW - n * DAY);
    const first = await w.sync();
    expect(first && syncMessage(first)).toBe('Synced 3 sessions from app.db (3 new or changed).');
    expect(w.mapping(2)).toMatchObject({
      sessionId: '2',
      userId: 'visitor-2',
      startedAt: NOW - 9 * DAY,
      lastActivityAt: NOW - 2 * DAY,
    });
    w.see(2, NOW);
    w.see(4, NOW);
    const second = await w.sync();
    expect(second?.from).toBe(NOW - DAY - HOUR);
    expect(second?.counts).toEqual({ rows: 3, accepted: 2, changed: 1, unchanged: 1, rejected: 0 });
    expect(second && syncMessage(second)).toBe(
      'Synced 3 sessions from app.db (2 new or changed), those changed since 2026-11-09T02:00:00Z.',
    );
    expect((await w.sync({ full: true }))?.counts).toEqual({
      rows: 4,
      accepted: 0,
      changed: 0,
      unchanged: 4,
      rejected: 0,
    });
  });

  it('reads everything each time where no column grows', async () => {
    const w = world({ since: null });
    w.see(1, NOW - 9 * DAY);
    await w.sync();
    w.see(2, NOW - 9 * DAY);
    expect((await w.sync())?.counts).toMatchObject({ rows: 2, accepted: 1 });
    expect(w.cursor()).toBeNull();
  });

  it('reads again from before the newest change, for what is committed late or at the same moment', async () => {
    const w = world();
    w.see(1, NOW);
    await w.sync();
    w.see(2, NOW - HOUR);
    w.see(3, NOW);
    w.see(4, NOW - 5 * MINUTE, null);
    expect((await w.sync())?.counts).toMatchObject({ accepted: 3 });
  });

  it('does not believe a change in the future: it would hide what follows', async () => {
    const w = world();
    w.see(1, NOW, '2099-01-01 00:00:00');
    await w.sync();
    expect(w.cursor()).toBe(NOW);
    w.see(2, NOW + MINUTE);
    expect((await w.sync())?.counts).toMatchObject({ accepted: 1 });
  });

  it('takes a row that does not tell when it changed, and warns', async () => {
    const w = world();
    w.see(1, NOW, 'lately');
    expect((await w.sync())?.counts).toMatchObject({ accepted: 1 });
    expect(w.notes.join()).toContain('In 1 row of app.db source.since is no time');
    expect(w.cursor()).toBeNull();
  });

  it('reads everything while some rows tell a time that is none, and sees what they change', async () => {
    const w = world();
    w.see(1, NOW - 9 * DAY);
    await w.sync();
    w.see(2, NOW, 'lately');
    await w.sync();
    expect(w.cursor()).toBeNull();
    w.see(3, NOW, '01.11.2026 08:00');
    const active = NOW + DAY;
    w.see(1, active, '01.11.2026 08:00');
    expect((await w.sync())?.counts).toMatchObject({ rows: 3, accepted: 2, changed: 1 });
    expect(w.mapping(1)?.lastActivityAt).toBe(active);
    for (const n of [1, 2, 3]) w.see(n, active, active);
    await w.sync();
    expect(w.cursor()).not.toBeNull();
  });

  it('warns of a query that yields nothing because it compares with NULL', async () => {
    const w = world({ query: `${QUERY} AND updated_at > @since` });
    w.see(1, NOW);
    expect((await w.sync())?.counts.rows).toBe(0);
    expect(w.notes.join()).toContain('write (@since IS NULL OR …)');
  });

  it('begins anew with another query, and with another file in the same place', async () => {
    const w = world();
    w.see(1, NOW - 5 * DAY);
    w.see(2, NOW);
    await w.sync();
    expect((await w.sync())?.counts.rows).toBe(1);
    expect((await w.sync({ query: `${QUERY} AND TRUE` }))?.counts.rows).toBe(2);
    expect(w.notes.at(-1)).toContain('source.query or source.since has changed');
    await w.sync();
    w.owner.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(w.path, join(w.dir, 'copy.db'));
    renameSync(join(w.dir, 'copy.db'), w.path);
    expect((await w.sync())?.counts.rows).toBe(2);
    expect(w.notes.at(-1)).toBe('app.db is another file than at the last sync; everything is read again.');
    expect((await w.sync())?.counts.rows).toBe(1);
  });
});

describe('bad rows', () => {
  it('are named with their key and kept, and do not stop the good ones', async () => {
    const w = world();
    const { owner } = w;
    w.see(1, NOW);
    w.see(2, NOW, NOW, 'not-a-uuid');
    w.see(3, NOW, NOW, Buffer.from(idOf(3).replaceAll('-', ''), 'hex'));
    w.see(4, NOW, NOW, idOf(4).toUpperCase());
    w.see(5, NOW);
    owner.exec("UPDATE web_sessions SET last_seen_at = 'yesterday' WHERE id = 5");
    w.see(6, NOW);
    owner.exec("UPDATE web_sessions SET last_seen_at = '2026-11-01T08:00:00' WHERE id = 6");
    const summary = await w.sync();
    expect(summary?.counts).toEqual({ rows: 6, accepted: 2, changed: 0, unchanged: 0, rejected: 4 });
    expect(summary?.rejects.map(({ key, code }) => `${key}: ${code}`).toSorted()).toEqual([
      `conversation ${idOf(5)}: invalid_time`,
      `conversation ${idOf(6)}: invalid_time`,
      'conversation not-a-uuid: invalid_id',
      'session 3: blob',
    ]);
    expect(summary?.rejects.map(({ message }) => message).join('\n')).toContain('has no time zone; add Z');
    expect(w.mapping(4)?.sessionId).toBe('4');
    expect(w.mapping(5)).toBeNull();
  });

  it('of which there are very many are counted, and the first thousand kept', async () => {
    const w = world({ query: QUERY.replace('WHERE genesys_conversation_id IS NOT NULL', '') });
    w.owner.exec(`INSERT INTO web_sessions (created_at, updated_at)
      WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2500) SELECT 'x', 'x' FROM c`);
    w.see(9_000, NOW);
    const summary = await w.sync();
    expect(summary?.counts).toEqual({ rows: 2_501, accepted: 1, changed: 0, unchanged: 0, rejected: 2_500 });
    expect(summary?.rejects).toHaveLength(1_000);
    expect(summary?.rejectsTotal).toBe(2_500);
  });
});

describe('whatever an application keeps', () => {
  const value = fc.oneof(
    fc.constantFrom(null, '', ' ', 0, -1, '2026-11-01 08:00:00', idOf(1), idOf(2).toUpperCase(), 'a\0b'),
    fc.integer(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: NOW - 400 * DAY, max: NOW }),
    fc.integer({ min: NOW - 400 * DAY, max: NOW }).map((at) => Math.floor(at / 1000)),
  );

  it('each row is taken or rejected with a sentence, and what is taken is right', async () => {
    const w = world({
      schema:
        'CREATE TABLE web_sessions (id, genesys_conversation_id, visitor_id, created_at, last_seen_at, updated_at)',
      query: QUERY.replace('WHERE genesys_conversation_id IS NOT NULL', ''),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), { maxLength: 8 }),
        async (rows) => {
          w.owner.exec('DELETE FROM web_sessions');
          const insert = w.owner.prepare('INSERT INTO web_sessions VALUES (?, ?, ?, ?, ?, ?)');
          for (const row of rows) insert.run(...row);
          const summary = await w.sync({ full: true });
          const { accepted = 0, unchanged = 0, rejected = 0 } = summary?.counts ?? {};
          expect(accepted + unchanged + rejected).toBe(rows.length);
          for (const { key, message } of summary?.rejects ?? []) {
            expect(key).not.toBe('');
            expect(message).toMatch(/^.+\.$/s);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each<[unknown, Instant | null]>([
    ['2026-11-01 08:00:00', Date.UTC(2026, 10, 1, 8)],
    ['2026-11-01 08:00', Date.UTC(2026, 10, 1, 8)],
    ['2026-11-01 08:00:00.250', Date.UTC(2026, 10, 1, 8, 0, 0, 250)],
    [' 2026-11-01T10:00:00+02:00 ', Date.UTC(2026, 10, 1, 8)],
    ['2026-11-01T08:00:00Z', Date.UTC(2026, 10, 1, 8)],
    [1_793_520_000, Date.UTC(2026, 10, 1, 8)],
    [1_793_520_000_250, Date.UTC(2026, 10, 1, 8, 0, 0, 250)],
    [1_793_520_000.25, Date.UTC(2026, 10, 1, 8, 0, 0, 250)],
    ['2026-11-01T08:00:00', null],
    ['1793520000', null],
    [946_684_799, null],
    [2_460_615.5, null],
    [9_999_999_999_999_900, null],
    [-1, null],
    [Buffer.from('2026-11-01 08:00:00'), null],
  ])('the time %s is understood as %s', async (given, at) => {
    const w = world({
      schema:
        'CREATE TABLE web_sessions (id INTEGER PRIMARY KEY, genesys_conversation_id, visitor_id, created_at, last_seen_at, updated_at)',
    });
    w.owner
      .prepare('INSERT INTO web_sessions (id, genesys_conversation_id, created_at) VALUES (1, ?, ?)')
      .run(idOf(1), given);
    const summary = await w.sync();
    expect(w.mapping(1)?.startedAt ?? null).toBe(at);
    expect(summary?.counts.rejected).toBe(at === null ? 1 : 0);
  });
});

describe('after any sequence of changes with syncs between', () => {
  type Step = {
    readonly minutes: number;
    readonly session: number;
    readonly late: number;
    readonly sync: 'no' | 'yes' | 'cut';
  };
  const step: fc.Arbitrary<Step> = fc.record({
    minutes: fc.integer({ min: 0, max: 600 }),
    session: fc.integer({ min: 1, max: 6 }),
    /** Minutes by which the change is committed after the time that it tells, within the overlap. */
    late: fc.integer({ min: 0, max: 59 }),
    sync: fc.constantFrom('no', 'yes', 'cut'),
  });

  it('the mapping is that of one full sync at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const w = world();
        for (const { minutes, session, late, sync } of steps) {
          w.clock.at += minutes * MINUTE;
          const seen = w.clock.at - late * MINUTE;
          const before = w.owner
            .prepare('SELECT last_seen_at FROM web_sessions WHERE id = ?')
            .pluck()
            .get(session);
          w.see(session, Math.max(seen, Date.parse(`${before ?? SQLITE(NOW - 9 * DAY)}Z`)), seen);
          if (sync === 'yes') await w.sync();
          if (sync === 'cut') expect(await w.sync({ mayGoOn: () => false })).toBeNull();
        }
        await w.sync();
        const other = freshStore();
        await w.sync({ into: other });
        const told = (store: Store) =>
          [1, 2, 3, 4, 5, 6].map((n) => {
            const { mapping } = store.report.history(idOf(n));
            return mapping && [mapping.sessionId, mapping.startedAt, mapping.lastActivityAt];
          });
        expect(told(w.store)).toEqual(told(other));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a sync that does not come to its end', () => {
  const cut = (foreign: Foreign): Foreign => ({
    ...foreign,
    open: () => {
      const opened = foreign.open();
      return {
        ...opened,
        pages: function* (since) {
          const [page] = opened.pages(since);
          if (page !== undefined) {
            yield { rows: page.rows.slice(0, 1_000), unread: 0 };
            yield { rows: page.rows.slice(1_000, 2_000), unread: 0 };
          }
          throw new Error('the power went off');
        },
      };
    },
  });

  it('leaves what it took and no cursor; the next one reads all of it and doubles nothing', async () => {
    const w = world();
    w.owner.transaction(() => {
      for (let n = 1; n <= 2_500; n++) w.see(n, NOW - n * MINUTE);
    })();
    const foreign = foreignDatabase({ file: w.path, query: QUERY, since: 'updated_at' });
    await expect(w.sync({ foreign: cut(foreign) })).rejects.toThrow('the power went off');
    expect(w.cursor()).toBeNull();
    expect(w.store.report.overview(NOW).mappings.open).toBe(1_000);
    expect((await w.sync())?.counts).toEqual({
      rows: 2_500,
      accepted: 1_500,
      changed: 0,
      unchanged: 1_000,
      rejected: 0,
    });
    expect(w.store.report.overview(NOW).mappings.open).toBe(2_500);
  });
});

it('two at once take everything, and the cursor is that of the one that saw more', async () => {
  const w = world();
  w.owner.transaction(() => {
    for (let n = 1; n <= 2_500; n++) w.see(n, NOW - n * MINUTE);
  })();
  let asked = 0;
  const slow = w.sync({
    mayGoOn: () => {
      if (++asked === 2) w.see(3_000, NOW);
      return true;
    },
  });
  const other = w.sync();
  const counts = (await Promise.all([slow, other])).map((summary) => summary?.counts);
  expect(counts[0]?.accepted ?? 0).toBeGreaterThan(0);
  expect(w.store.report.overview(NOW).mappings.open).toBeGreaterThanOrEqual(2_500);
  expect((await w.sync())?.counts.rejected).toBe(0);
  expect(w.store.report.overview(NOW).mappings.open).toBe(2_501);
});
