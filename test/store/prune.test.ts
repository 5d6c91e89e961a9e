import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/domain/outcome.ts';
import { restsUntil } from '../../src/domain/rest.ts';
import { summarise } from '../../src/domain/summary.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { gather } from '../../src/report/gather.ts';
import { GROUPINGS } from '../../src/report/report.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type PruneBatch, type PruneScope, pruning } from '../../src/store/prune.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { id, intend, intent, mappingRow, newRun, outcome, T0, tempDir, tempStore } from './fixtures.ts';

const NOW = T0 + 100 * DAY;
const SCOPE: PruneScope = { before: T0 + 50 * DAY, watchedSince: NOW - 3 * DAY };

/** Removes all there is; answers the numbers. */
function pruneAll({ pruning: p }: Pick<Store, 'pruning'>, step: 'look' | 'remove' = 'remove') {
  let [outcomes, dryOutcomes, needed] = [0, 0, 0];
  for (let after: PruneBatch['next'] = null; ; ) {
    const batch: PruneBatch =
      step === 'look' ? p.lookAtOutcomes(SCOPE, after) : p.removeOutcomes(SCOPE, after);
    outcomes += batch.outcomes;
    dryOutcomes += batch.dryOutcomes;
    needed += batch.needed;
    after = batch.next;
    if (after === null) return { outcomes, dryOutcomes, needed };
  }
}

/** A run that has ended. */
function aRun(store: Store, changes: Parameters<typeof newRun>[0] = {}): number {
  const run = store.runs.begin(newRun(changes));
  const zeros = { counts: {}, requests: {} } as Parameters<Store['runs']['finish']>[1];
  store.runs.finish(run, { ...zeros, state: 'done', exitCode: 0, message: '', finishedAt: T0 });
  return run;
}

const idsIn = (user: ReturnType<typeof tempStore>['user']) =>
  user.prepare('SELECT conversation_id FROM outcomes ORDER BY id').pluck().all();

describe('pruning', () => {
  it('summarises old outcomes by quarter hour, run, outcome, reason, queue and source, and deletes them', () => {
    const { store, user } = tempStore();
    const run = aRun(store);
    const rows = [
      outcome(1, { decidedAt: T0 + 14 * MINUTE, requests: 2 }),
      outcome(2, { decidedAt: T0 + 1, requests: 3 }),
      outcome(3, { decidedAt: T0 + 15 * MINUTE }),
      outcome(4, { decidedAt: T0, reason: null, origin: 'csv:a#1.csv#12' }),
      outcome(5, { decidedAt: T0, reason: null, origin: 'csv:a#1.csv#7' }),
      outcome(6, { decidedAt: T0, queueId: 'q' }),
      outcome(7, { decidedAt: SCOPE.before }),
    ];
    for (const one of rows) store.ledger.record(run, one, null, T0);
    expect(pruneAll(store)).toEqual({ outcomes: 6, dryOutcomes: 0, needed: 0 });
    expect(idsIn(user)).toEqual([id(7)]);
    const kept = {
      runId: run,
      outcome: 'kept',
      reason: 'active_recently',
      origin: 'schedule',
      queueId: null,
    };
    expect([...store.report.summaries(T0, NOW)]).toEqual([
      { ...kept, reason: null, origin: 'csv:a#1.csv', slotAt: T0, n: 2, requests: 2 },
      { ...kept, queueId: 'q', slotAt: T0, n: 1, requests: 1 },
      { ...kept, slotAt: T0, n: 2, requests: 5 },
      { ...kept, slotAt: T0 + 15 * MINUTE, n: 1, requests: 1 },
    ]);
    expect(store.report.detailSince()).toBe(T0 + DAY);
    expect(store.report.overview(NOW)).toMatchObject({ outcomes: 1, summarised: 6, detailSince: T0 + DAY });
  });

  it('adds what comes later to the same group', () => {
    const { store, user } = tempStore();
    const run = aRun(store);
    for (const n of [1, 2]) {
      store.ledger.record(run, outcome(n, { decidedAt: T0, reason: null, requests: n }), null, T0);
      pruneAll(store);
    }
    expect(user.prepare('SELECT n, requests FROM outcome_summaries').all()).toEqual([{ n: 2, requests: 3 }]);
  });

  it('removes those of dry runs without a summary', () => {
    const { store } = tempStore();
    const dry = aRun(store, { dryRun: true });
    store.ledger.record(dry, outcome(1, { outcome: 'would_close' }), null, T0);
    expect(pruneAll(store)).toEqual({ outcomes: 0, dryOutcomes: 1, needed: 0 });
    expect([...store.report.summaries(0, NOW)]).toEqual([]);
    expect(store.report.detailSince()).toBeNull();
  });

  it.each<[string, (store: Store, run: number) => void]>([
    ['whose conversation has an intent', (store, run) => void intend(store, intent(1, run))],
    [
      'whose close was asked for and is pending',
      (store) =>
        void store.intake.requestCloses(
          [{ conversationId: id(1), reason: null, origin: 'cli', force: false }],
          T0,
        ),
    ],
  ])('keeps every outcome %s', (_, arrange) => {
    const { store, user } = tempStore();
    const run = aRun(store);
    for (const r of [run, aRun(store), aRun(store, { dryRun: true })])
      store.ledger.record(r, outcome(1), null, T0);
    store.ledger.record(run, outcome(2), null, T0);
    arrange(store, run);
    expect(pruneAll(store)).toEqual({ outcomes: 1, dryOutcomes: 0, needed: 3 });
    expect(idsIn(user)).toEqual([id(1), id(1), id(1)]);
  });

  it('keeps the outcomes of a run that is still running', () => {
    const { store } = tempStore();
    const running = store.runs.begin(newRun());
    store.ledger.record(running, outcome(1), null, T0);
    expect(pruneAll(store)).toEqual({ outcomes: 0, dryOutcomes: 0, needed: 1 });
  });

  it.each<[string, string, number]>([
    ['is open', "state = 'open'", 1],
    ['ended and is watched', `state = 'closed', state_at = '${iso(SCOPE.watchedSince)}'`, 1],
    ['ended longer ago', `state = 'closed', state_at = '${iso(SCOPE.watchedSince - 1)}'`, 0],
    [
      'ended long ago, and our side was active since',
      `state = 'closed', state_at = '${iso(T0)}', last_activity_at = '${iso(T0 + HOUR)}'`,
      1,
    ],
  ])('of a mapping that %s keeps what the next look goes by: %s', (_, set, kept) => {
    const { store, user } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    for (const hours of [1, 2, 3]) {
      const one = outcome(1, { outcome: hours === 1 ? 'closed' : 'kept', decidedAt: T0 + hours * HOUR });
      store.ledger.record(aRun(store), one, null, T0);
    }
    user.exec(`UPDATE mappings SET ${set}`);
    // The last end, and the last news.
    expect(pruneAll(store)).toEqual({ outcomes: 3 - 2 * kept, dryOutcomes: 0, needed: 2 * kept });
  });

  it('without a mapping keeps a close that never showed, until something newer is known', () => {
    const { store } = tempStore();
    store.ledger.record(aRun(store), outcome(1, { outcome: 'unconfirmed' }), null, T0);
    expect(pruneAll(store)).toMatchObject({ outcomes: 0, needed: 1 });
    store.ledger.record(aRun(store), outcome(1, { outcome: 'closed' }), null, T0);
    expect(pruneAll(store)).toMatchObject({ outcomes: 2, needed: 0 });
  });

  it.each([false, true])(
    'a close that showed in a run that was bad for everybody never shows again (mapped: %s)',
    (mapped) => {
      const { store } = tempStore();
      if (mapped) store.intake.putMappings([mappingRow(1)], 'csv', T0);
      store.ledger.record(aRun(store), outcome(1, { outcome: 'unconfirmed' }), null, T0);
      const bad = store.runs.begin(newRun());
      const seen = { mappingState: 'closed', settlesRequest: false, needsIntent: false } as const;
      const late = outcome(1, { outcome: 'closed', reason: 'confirmed_late', closedAt: T0 });
      store.ledger.record(bad, late, seen, T0);
      const zeros = { counts: {}, requests: {} } as Parameters<Store['runs']['finish']>[1];
      store.runs.finish(bad, { ...zeros, state: 'stopped', exitCode: 8, message: '', finishedAt: T0 });
      expect(pruneAll(store)).toEqual({ outcomes: 2, dryOutcomes: 0, needed: 0 });
      // Or its end would be recorded as a close of ours once more.
      expect(store.work.known(id(1)).lastOutcome).toBeNull();
    },
  );

  it('says beforehand what it would do, and changes nothing by that', () => {
    const { store, user } = tempStore();
    user.exec('BEGIN');
    const runs = Array.from({ length: 30 }, () => aRun2(user));
    const insert = user.prepare(
      `INSERT INTO outcomes (run_id, conversation_id, outcome, origin, remote_status, requests, decided_at)
       VALUES (?, ?, 'kept', 'schedule', 'active', 1, ?)`,
    );
    runs.forEach((run, day) => {
      for (let n = 0; n < 100; n++) insert.run(run, id(n), iso(T0 + day * DAY));
    });
    user.exec('COMMIT');
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'csv', T0);
    const expected = { outcomes: 2_998, dryOutcomes: 0, needed: 2 };
    expect(pruneAll(store, 'look')).toEqual(expected);
    expect(idsIn(user)).toHaveLength(3_000);
    expect(pruneAll(store)).toEqual(expected);
    expect(pruneAll(store)).toEqual({ outcomes: 0, dryOutcomes: 0, needed: 2 });
    expect([...store.report.summaries(0, NOW)].reduce((sum, { n }) => sum + n, 0)).toBe(2_998);
  });

  it('neither loses nor doubles anything when it fails between summary and deletion', () => {
    const { store, path, user } = tempStore();
    const run = aRun(store);
    for (const n of [1, 2]) store.ledger.record(run, outcome(n), null, T0);
    const { db } = openDatabase(path, { mode: 'write', now: T0 });
    let left = 1;
    const failing = pruning({
      ...db,
      prepare: (sql) => {
        const statement = db.prepare(sql) as ReturnType<typeof db.prepare>;
        if (!sql.startsWith('DELETE FROM outcomes')) return statement as never;
        const run = (params: never) => {
          if (left-- === 0) throw new Error('killed');
          return statement.run(params);
        };
        return { ...statement, run } as never;
      },
    });
    expect(() => failing.removeOutcomes(SCOPE, null)).toThrow('killed');
    expect(idsIn(user)).toHaveLength(2);
    expect([...store.report.summaries(0, NOW)]).toEqual([]);
    db.close();
  });

  it('takes the rejected rows of old imports, whose counts stay', () => {
    const { store, user } = tempStore();
    for (const [day, n] of [
      [0, 3],
      [60, 2],
    ] as const) {
      const importId = Number(
        user
          .prepare("INSERT INTO imports (kind, file, started_at) VALUES ('mapping', 'a.csv', ?)")
          .run(iso(T0 + day * DAY)).lastInsertRowid,
      );
      const rejects = Array.from({ length: n }, (_, line) => ({
        line: line + 1,
        code: 'invalid_id',
        message: '',
        raw: '',
      }));
      store.intake.putRejects(importId, rejects as never);
    }
    expect(store.pruning.countRejects(SCOPE)).toBe(3);
    expect(store.pruning.removeRejects(SCOPE)).toBe(3);
    expect(store.pruning.removeRejects(SCOPE)).toBe(0);
    expect(user.prepare('SELECT count(*) FROM imports').pluck().get()).toBe(2);
    expect(user.prepare('SELECT count(*) FROM import_rejects').pluck().get()).toBe(2);
  });

  it('estimates space by the pages of a table and its indexes', () => {
    const { store } = tempStore();
    expect(store.pruning.bytesOf({ outcomes: 0, import_rejects: 0, events: 0 })).toBe(0);
    store.ledger.record(aRun(store), outcome(1), null, T0);
    const pages = store.pruning.bytesOf({ outcomes: 1, import_rejects: 0, events: 0 }) / 4096;
    expect(pages, 'the table and its three indexes').toBe(4);
  });
});

describe('what is left of the time before', () => {
  const question = {
    since: T0,
    until: NOW,
    now: NOW,
    timeZone: 'UTC',
    by: 'day' as const,
    expected: null,
    atWork: null,
  };

  it('counts, and is no sample of closes: what came back is needed, what did not is gone', () => {
    const { store } = tempStore();
    store.intake.putMappings(
      [1, 2, 3, 4].map((n) => mappingRow(n)),
      'csv',
      T0,
    );
    const night = aRun(store);
    for (const n of [1, 2, 3, 4]) {
      const facts = { outcome: 'closed', closedAt: T0, idleSeconds: 90_000, agentConnected: true } as const;
      const seen = { mappingState: 'closed', settlesRequest: false, needsIntent: false } as const;
      store.ledger.record(night, outcome(n, facts), seen, T0);
    }
    const alive = { mappingState: 'open', settlesRequest: false, needsIntent: false } as const;
    const back = outcome(1, { remoteStatus: 'active', decidedAt: T0 + DAY });
    store.ledger.record(aRun(store), back, alive, T0 + DAY);
    expect(gather(store.report, question, DAY).reopened).toMatchObject({ closes: 4, rate: 1 / 4 });

    pruneAll(store);
    expect(gather(store.report, question, DAY)).toMatchObject({
      totals: { closed: 4, kept: 1 },
      reopened: { closes: 0, rate: null },
      idleAtClose: { n: 0 },
      staleToClosed: { n: 0 },
      capacity: { withAgent: 0 },
    });
  });
});

it('lists no failure of which only the latest tries are left', () => {
  const { store } = tempStore();
  store.intake.putMappings([mappingRow(1)], 'csv', T0);
  for (const day of [0, 1, 2, 3, 4]) {
    const one = outcome(1, { outcome: 'unconfirmed', decidedAt: T0 + day * DAY });
    store.ledger.record(aRun(store), one, null, T0);
  }
  store.ledger.record(aRun(store), outcome(2, { decidedAt: T0 + 5 * DAY }), null, T0);
  const question = {
    since: T0,
    until: NOW,
    now: NOW,
    timeZone: 'UTC',
    by: 'day' as const,
    expected: null,
    atWork: null,
  };
  const failures = () => gather(store.report, question, DAY).failures;
  expect(failures().items).toMatchObject([{ tries: 5 }]);
  expect(pruneAll(store)).toMatchObject({ outcomes: 3, needed: 3 });
  expect(failures()).toEqual({ total: 0, items: [] });
});

describe('what follows from the record is the same before and after', () => {
  const step = fc.record({
    n: fc.integer({ min: 1, max: 4 }),
    // Many that could not be closed, so that some rest.
    outcome: fc.constantFrom(...OUTCOMES, ...Array<'unconfirmed'>(12).fill('unconfirmed')),
    reason: fc.constantFrom(null, 'stale', 'requested'),
    origin: fc.constantFrom('schedule', 'cli', 'csv:a.csv#1', 'csv:a.csv#2'),
    queueId: fc.constantFrom(null, 'q1', 'q2'),
    httpStatus: fc.constantFrom(null, 403, 503),
    exitCode: fc.constantFrom(0, 0, 0, 3, 8),
    hours: fc.integer({ min: 0, max: 80 * 24 }),
    minutes: fc.integer({ min: 0, max: 59 }),
    requests: fc.integer({ min: 0, max: 3 }),
    dryRun: fc.constantFrom(false, false, false, true),
  });
  const ended = fc.array(fc.constantFrom<'open' | 'closed'>('open', 'closed'), {
    minLength: 4,
    maxLength: 4,
  });

  it('for reports by anything in any time zone, and for the next look at every live conversation', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 8, maxLength: 30 }),
        ended,
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns'),
        (steps, states, timeZone) => {
          const dir = tempDir();
          const store = openStore(`${dir}/x.db`, { mode: 'create', now: T0 });
          try {
            store.intake.putMappings(
              [1, 2, 3].map((n) => mappingRow(n)),
              'csv',
              T0,
            );
            for (const { exitCode, hours, minutes, n, dryRun, ...rest } of steps.toSorted(
              (a, b) => a.hours - b.hours || a.minutes - b.minutes,
            )) {
              const run = store.runs.begin(newRun({ dryRun }));
              const decidedAt = T0 + hours * HOUR + minutes * MINUTE;
              const one = outcome(n, { ...rest, decidedAt });
              const state = states[n] === 'closed' ? 'closed' : 'open';
              const seen = { mappingState: state, settlesRequest: false, needsIntent: false } as const;
              store.ledger.record(run, one, dryRun ? null : seen, decidedAt);
              const zeros = { counts: {}, requests: {} } as Parameters<Store['runs']['finish']>[1];
              store.runs.finish(run, {
                ...zeros,
                state: 'done',
                exitCode,
                message: '',
                finishedAt: decidedAt,
              });
            }
            const before = followsFrom(store, timeZone, states);
            const all = [...store.report.outcomes(0, NOW)].length;
            pruneAll(store);
            expect(followsFrom(store, timeZone, states)).toEqual(before);
            const left = [...store.report.outcomes(0, NOW)].length;
            const summarised = [...store.report.summaries(0, NOW)].reduce((sum, { n }) => sum + n, 0);
            expect(left + summarised).toBe(all);
            expect(store.maintenance.check()).toEqual([]);
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

/** Everything that a report says, and what decides about the next look at the open ones. */
function followsFrom(store: Store, timeZone: string, states: readonly string[]): unknown {
  // Of which the days before are told too.
  const period = { since: T0 + 30 * DAY, until: T0 + 60 * DAY };
  const reports = [period, { since: T0, until: T0 + 90 * DAY }].flatMap((some) =>
    GROUPINGS.map((by) => {
      const question = { ...some, now: NOW, timeZone, by, expected: null, atWork: null };
      const { totals, rows, days, keptReasons, before, successRate } = gather(store.report, question, DAY);
      return { totals, rows, days, keptReasons, before, successRate };
    }),
  );
  const looks = [1, 2, 3, 4].map((n) => {
    const { mapping, lastOutcome } = store.work.known(id(n));
    // Nobody asks about the last of a conversation without a live mapping, but for a close that never showed.
    const unconfirmed = lastOutcome?.outcome === 'unconfirmed' ? lastOutcome : null;
    if (n === 4 || states[n] === 'closed') return { last: unconfirmed };
    const past = store.report
      .history(id(n))
      .outcomes.filter(({ dryRun, runId }) => !dryRun && store.report.run(runId)?.exitCode !== 8)
      .reverse();
    return { mapping, last: lastOutcome, rests: restsUntil(past) };
  });
  return { reports, looks };
}

it('a summary stands for outcomes that no report tells apart', () => {
  const one = outcome(1, { decidedAt: T0 + 1 });
  const summaries = summarise([
    { ...one, runId: 1 },
    { ...one, runId: 1, decidedAt: T0 + 2 },
    { ...one, runId: 2 },
  ]);
  expect(summaries.map(({ runId, n, requests }) => [runId, n, requests])).toEqual([
    [1, 2, 2],
    [2, 1, 1],
  ]);
});

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The same run as {@link aRun}, within a transaction of the user's. */
function aRun2(user: ReturnType<typeof tempStore>['user']): number {
  return Number(
    user
      .prepare(
        `INSERT INTO runs (kind, scope, state, dry_run, policy, counts, requests, started_at, finished_at, exit_code, host, pid, version)
         VALUES ('sweep', 'full', 'done', 0, '{}', '{}', '{}', ?, ?, 0, 'web-1', 1, '0')`,
      )
      .run(iso(T0), iso(T0)).lastInsertRowid,
  );
}
