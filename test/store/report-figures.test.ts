import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/domain/outcome.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { gather } from '../../src/report/gather.ts';
import type { Store } from '../../src/store/store.ts';
import type { NewRun, RunConclusion } from '../../src/sweep/ports.ts';
import { every } from '../helpers/expected.ts';
import { conclude, id, mappingRow, newRun, outcome, POLICY, T0, tempStore } from './fixtures.ts';

const at = (hours: number) => T0 + hours * HOUR;

/** A run that began at this hour and has ended an hour later. */
function ended(
  { runs }: Store,
  hours: number,
  changes: Partial<NewRun> = {},
  conclusion: Partial<RunConclusion> = {},
): number {
  const runId = runs.begin(newRun({ startedAt: at(hours), ...changes }));
  runs.finish(runId, {
    state: 'done',
    exitCode: 0,
    counts: noCounts(),
    requests: noRequests(),
    message: '',
    finishedAt: at(hours + 1),
    ...conclusion,
  });
  return runId;
}

const closed = (n: number, hours: number, changes: Partial<Outcome> = {}) =>
  outcome(n, {
    outcome: 'closed',
    reason: 'stale',
    remoteStatus: 'closed',
    decidedAt: at(hours),
    closedAt: at(hours),
    idleSeconds: 100_000,
    agentConnected: true,
    ...changes,
  });

describe('a close among the outcomes of a time', () => {
  const closesOf = (store: Store) =>
    [...store.report.outcomes(T0, at(100))].flatMap(({ close }) => (close === null ? [] : [close]));

  it('comes with its detail and the policy of its run', () => {
    const { store } = tempStore();
    const policy = { ...POLICY, staleAfterMs: 12 * HOUR };
    for (const [n, runId] of [ended(store, 1), ended(store, 2, { policy })].entries()) {
      store.ledger.record(runId, closed(n, n + 1), null, T0);
    }
    expect(closesOf(store)).toEqual([
      {
        conversationId: id(0),
        sessionId: 'session-0',
        closedAt: at(1),
        idleMs: 100_000_000,
        agentConnected: true,
        staleAfterMs: DAY,
        reopenedAt: null,
      },
      expect.objectContaining({ conversationId: id(1), staleAfterMs: 12 * HOUR }),
    ]);
  });

  it('keeps what is not known as not known, and was closed when it was decided where the other side does not tell', () => {
    const { store } = tempStore();
    const unknown = closed(1, 3, { idleSeconds: null, agentConnected: null, closedAt: null });
    store.ledger.record(ended(store, 1), unknown, null, T0);
    expect(closesOf(store)).toMatchObject([{ idleMs: null, agentConnected: null, closedAt: at(3) }]);
  });

  it.each<[string, Partial<Outcome>, boolean]>([
    ['was seen active', { outcome: 'kept', remoteStatus: 'active' }, true],
    ['was closed once more', { outcome: 'closed', remoteStatus: 'closed' }, true],
    [
      'had a message after the close, and has ended',
      { outcome: 'already_closed', remoteStatus: 'abandoned', remoteLastActivityAt: at(5) },
      true,
    ],
    [
      'could be read, and its close was refused',
      { outcome: 'failed', reason: 'close', remoteStatus: 'active' },
      true,
    ],
    [
      'had ended, with no message since',
      { outcome: 'already_closed', remoteStatus: 'closed', remoteLastActivityAt: at(2) },
      false,
    ],
    [
      'had ended, with a last word at the close',
      { outcome: 'already_closed', remoteStatus: 'closed', remoteLastActivityAt: at(3) + 60_000 },
      false,
    ],
    ['could not be read', { outcome: 'failed', remoteStatus: 'unknown' }, false],
    ['was gone', { outcome: 'not_found', remoteStatus: 'unknown' }, false],
  ])('was reopened, or not, when later it %s', (_, later, expected) => {
    const { store } = tempStore();
    store.ledger.record(ended(store, 1), closed(1, 3), null, T0);
    store.ledger.record(ended(store, 8), outcome(1, { decidedAt: at(9), ...later }), null, T0);
    expect(closesOf(store)[0]?.reopenedAt).toBe(expected ? at(9) : null);
  });

  it('is reopened when that was first seen, each close by itself, and by no dry run', () => {
    const { store } = tempStore();
    const seen = { outcome: 'kept', remoteStatus: 'active' } as const;
    store.ledger.record(ended(store, 1), closed(1, 1), null, T0);
    store.ledger.record(
      ended(store, 2, { dryRun: true }),
      outcome(1, { ...seen, decidedAt: at(2) }),
      null,
      T0,
    );
    store.ledger.record(ended(store, 3), outcome(1, { ...seen, decidedAt: at(3) }), null, T0);
    store.ledger.record(ended(store, 4), outcome(1, { ...seen, decidedAt: at(4) }), null, T0);
    store.ledger.record(ended(store, 5), closed(1, 5), null, T0);
    expect(closesOf(store).map(({ reopenedAt }) => reopenedAt)).toEqual([at(3), null]);
  });
});

describe('what the runs tell about a time', () => {
  it('has its real full sweeps and the last one before, in the order of time', () => {
    const { store } = tempStore();
    ended(store, 1);
    const before = ended(store, 2);
    const second = ended(
      store,
      9,
      {},
      { exitCode: 6, state: 'stopped', counts: { ...noCounts(), candidates: 5, left: 2 } },
    );
    const first = ended(store, 4);
    for (const other of [
      { dryRun: true },
      { scope: 'limited' },
      { kind: 'close', scope: 'requested' },
    ] as const) {
      ended(store, 5, other);
    }
    ended(store, 10);
    const { sweeps } = store.report.runsOf(at(4), at(10));
    expect(sweeps.map((sweep) => sweep.id)).toEqual([before, first, second]);
    expect(sweeps[2]).toEqual({
      id: second,
      startedAt: at(9),
      finishedAt: at(10),
      exitCode: 6,
      candidates: 5,
      left: 2,
    });
    expect(store.report.runsOf(T0, at(1)).sweeps).toEqual([]);
  });

  it('tells the first run and the first full sweep on record, dry ones left out', () => {
    const { store } = tempStore();
    expect(store.report.runsOf(T0, at(9))).toMatchObject({ firstRunAt: null, firstSweepAt: null });
    ended(store, 1, { dryRun: true });
    ended(store, 2, { kind: 'close', scope: 'requested' });
    ended(store, 3);
    expect(store.report.runsOf(at(8), at(9))).toMatchObject({ firstRunAt: at(2), firstSweepAt: at(3) });
  });

  it('adds up the requests of the runs that began in it, dry ones apart', () => {
    const { store } = tempStore();
    const requests = { total: 10, reads: 4, closes: 3, surveys: 1, tokens: 1, rateLimited: 1, retried: 2 };
    ended(store, 1, {}, { requests });
    ended(store, 4, {}, { requests });
    ended(store, 7, { kind: 'webhook', scope: 'requested' }, { requests });
    ended(store, 5, { dryRun: true }, { requests });
    ended(store, 9, {}, { requests });
    const found = store.report.runsOf(at(4), at(9));
    expect(found.requests).toEqual({
      total: 20,
      reads: 8,
      closes: 6,
      surveys: 2,
      tokens: 2,
      rateLimited: 2,
      retried: 4,
    });
    expect(found.dryRequests).toBe(10);
    expect(found.unfinished).toEqual([]);
  });

  it('counts the requests of a run within a sweep once', () => {
    const { store } = tempStore();
    const sweep = store.runs.begin(newRun({ startedAt: at(1) }));
    const close = { kind: 'close', scope: 'requested' } as const;
    ended(store, 1.1, close, { requests: { ...noRequests(), total: 3 }, finishedAt: at(1.2) });
    const conclusion = {
      state: 'done',
      exitCode: 0,
      counts: noCounts(),
      message: '',
      finishedAt: at(2),
    } as const;
    store.runs.finish(sweep, { ...conclusion, requests: { ...noRequests(), total: 10 } });
    ended(store, 3, close, { requests: { ...noRequests(), total: 1 } });
    expect(store.report.runsOf(T0, at(9)).requests.total).toBe(11);
  });

  it('names the real runs that died or are still at work', () => {
    const { store } = tempStore();
    const dead = store.runs.begin(newRun({ startedAt: at(1) }));
    const current = store.runs.begin(newRun({ startedAt: at(3) }));
    store.runs.begin(newRun({ startedAt: at(3), dryRun: true }));
    store.runs.interruptDead(current, at(3), () => false);
    ended(store, 5, {}, { state: 'interrupted', exitCode: 143 });
    const { unfinished, sweeps, requests } = store.report.runsOf(T0, at(9));
    expect(unfinished).toEqual([dead, current]);
    expect(sweeps.map(({ exitCode }) => exitCode)).toEqual([null, null, 143]);
    expect(requests).toEqual(noRequests());
  });
});

describe('what failed in a time', () => {
  const fail = (n: number, hours: number, changes: Partial<Outcome> = {}) =>
    outcome(n, {
      outcome: 'failed',
      reason: 'inspect',
      httpStatus: 503,
      errorCode: 'service.unavailable',
      correlationId: `c-${hours}`,
      requests: 3,
      decidedAt: at(hours),
      ...changes,
    });

  it('is one row for each conversation: its latest failure, and the sum of all', () => {
    const { store } = tempStore();
    for (const hours of [1, 2, 3, 9]) store.ledger.record(ended(store, hours), fail(1, hours), null, T0);
    store.ledger.record(ended(store, 3, { dryRun: true }), fail(1, 3), null, T0);
    expect(store.report.failures(at(2), at(9), 10)).toEqual({
      total: 1,
      items: [
        {
          conversationId: id(1),
          sessionId: 'session-1',
          outcome: 'failed',
          reason: 'inspect',
          httpStatus: 503,
          errorCode: 'service.unavailable',
          correlationId: 'c-3',
          tries: 2,
          requests: 6,
          lastAt: at(3),
          settledAs: null,
          restsUntil: null,
        },
      ],
    });
  });

  it.each<[string, Partial<Outcome>, string | null]>([
    ['closed', { outcome: 'closed' }, 'closed'],
    ['found ended', { outcome: 'already_closed' }, 'already_closed'],
    ['gone', { outcome: 'not_found' }, 'not_found'],
    ['kept', { outcome: 'kept' }, 'kept'],
    ['not tried again', { outcome: 'not_attempted' }, null],
    ['unconfirmed after the time', { outcome: 'unconfirmed' }, null],
  ])('is settled, or not, by a later look: %s', (_, later, expected) => {
    const { store } = tempStore();
    store.ledger.record(ended(store, 1), fail(1, 1), null, T0);
    store.ledger.record(ended(store, 50), outcome(1, { decidedAt: at(50), ...later }), null, T0);
    expect(store.report.failures(T0, at(9), 10).items).toMatchObject([{ settledAs: expected }]);
  });

  it('stays settled when nobody came to look once more', () => {
    const { store } = tempStore();
    store.ledger.record(ended(store, 1), fail(1, 1), null, T0);
    store.ledger.record(ended(store, 2), closed(1, 2), null, T0);
    store.ledger.record(
      ended(store, 3),
      outcome(1, { outcome: 'not_attempted', decidedAt: at(3) }),
      null,
      T0,
    );
    expect(store.report.failures(T0, at(9), 10).items).toMatchObject([{ settledAs: 'closed' }]);
  });

  it('begins with what is not settled, then the latest; it is counted in full where it is cut', () => {
    const { store } = tempStore();
    const run = ended(store, 1);
    for (const [n, hours] of [1, 2, 3, 4].entries()) store.ledger.record(run, fail(n, hours), null, T0);
    store.ledger.record(run, fail(8, 2.5, { outcome: 'unconfirmed', reason: 'stale' }), null, T0);
    store.ledger.record(ended(store, 6), closed(3, 6), null, T0);
    const { total, items } = store.report.failures(T0, at(9), 4);
    expect(total).toBe(5);
    expect(items.map(({ conversationId }) => conversationId)).toEqual([2, 8, 1, 0].map(id));
    expect(store.report.failures(T0, at(9), 10).items.at(-1)).toMatchObject({ settledAs: 'closed' });
    expect(store.report.failures(at(20), at(30), 4)).toEqual({ total: 0, items: [] });
  });
});

describe('what waits now', () => {
  it('is open or came alive again, silent for long enough, and neither on hold nor at rest', () => {
    const { store, user } = tempStore();
    const rows = [1, 2, 3, 4, 5, 6].map((n) => mappingRow(n, { startedAt: at(n) }));
    store.intake.putMappings(rows, 'csv', T0);
    const set = (n: number, columns: string, ...values: string[]) =>
      user.prepare(`UPDATE mappings SET ${columns} WHERE conversation_id = ?`).run(...values, id(n));
    set(1, "state = 'closed', state_at = ?", toIso(at(2)));
    set(2, "state = 'closed', state_at = ?, last_activity_at = ?", toIso(at(2)), toIso(at(3)));
    set(3, 'hold_until = ?', toIso(at(99)));
    set(4, 'rests_until = ?', toIso(at(99)));
    // At hour 30, after a day: 2 (active at 3) and 5; 6 is silent for exactly a day, which is not longer.
    expect(store.report.due(at(30), DAY)).toEqual({ n: 2, oldestAt: at(3) });
    expect(store.report.due(at(30), 48 * HOUR)).toEqual({ n: 0, oldestAt: null });
    expect(store.report.due(at(100), DAY)).toEqual({ n: 5, oldestAt: at(3) });
  });
});

describe('a report on a record', () => {
  const question = {
    since: T0,
    until: at(48),
    now: at(48),
    timeZone: 'UTC',
    by: 'day',
    expected: every(DAY),
    atWork: null,
  } as const;

  it('is gathered from all of it', () => {
    const { store } = tempStore();
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'csv', T0);
    const run = ended(store, 2, {}, { requests: { ...noRequests(), total: 9, reads: 9 } });
    for (const one of [closed(1, 3), outcome(2, { decidedAt: at(3) })]) {
      conclude(store, run, one, at(3));
    }
    const report = gather(store.report, question, DAY);
    expect(report).toMatchObject({
      totals: { closed: 1, kept: 1 },
      keptReasons: [{ reason: 'active_recently', n: 1 }],
      requests: { total: 9, perClose: 9 },
      backlog: { due: 1, oldestMs: 48 * HOUR, onHold: 0, resting: 0, pendingRequests: 0 },
      nights: { due: 2, run: 1, missing: { total: 1 } },
      idleAtClose: { n: 1, maxMs: 100_000_000 },
      capacity: { withAgent: 1, lowerMs: 23 * HOUR },
      before: { recorded: false },
      detailSince: null,
    });
  });

  it('is of one moment, whatever others write meanwhile', () => {
    const { store, user } = tempStore();
    const run = ended(store, 2);
    store.ledger.record(run, closed(1, 3), null, T0);
    const seen = store.report.atOneMoment(() => {
      const first = store.report.totals(T0, at(9));
      user.prepare('UPDATE runs SET dry_run = 1').run();
      return [first, store.report.totals(T0, at(9))];
    });
    expect(seen).toEqual([[{ outcome: 'closed', n: 1 }], [{ outcome: 'closed', n: 1 }]]);
    expect(store.report.totals(T0, at(9))).toEqual([]);
  });
});
