import { describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import { conclude, id, intend, intent, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

const at = (hours: number) => T0 + hours * HOUR;

describe('the outcomes of a time', () => {
  it('are those of real runs from its first moment to before its last, oldest first', () => {
    const { store } = tempStore();
    const [a, b] = [store.runs.begin(newRun()), store.runs.begin(newRun())];
    const dry = store.runs.begin(newRun({ dryRun: true }));
    const hours = [5, 1, 3, 0, 6];
    for (const [index, hour] of hours.entries()) {
      store.ledger.record(
        index % 2 ? a : b,
        outcome(index + 1, { decidedAt: at(hour), queueId: 'q' }),
        null,
        T0,
      );
    }
    store.ledger.record(dry, outcome(9, { decidedAt: at(2) }), null, T0);

    const rows = [...store.report.outcomes(at(1), at(6))];
    expect(rows.map((row) => row.decidedAt)).toEqual([at(1), at(3), at(5)]);
    expect(rows[0]).toEqual({
      runId: a,
      outcome: 'kept',
      reason: 'active_recently',
      origin: 'schedule',
      queueId: 'q',
      decidedAt: at(1),
      n: 1,
      requests: 1,
      close: null,
    });
    expect(store.report.totals(at(1), at(6))).toEqual([{ outcome: 'kept', n: 3 }]);
  });

  it('come in pages, each once, while others write', () => {
    const { store, user } = tempStore();
    const runId = store.runs.begin(newRun());
    // Many at the same moment, so that pages end within one.
    user
      .prepare(
        `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500)
         INSERT INTO outcomes (run_id, conversation_id, outcome, origin, remote_status, requests, decided_at, reason)
         SELECT ?, printf('00000000-0000-4000-8000-%012x', n), 'kept', 'schedule', 'active', 1,
           CASE WHEN n < 2000 THEN ? ELSE ? END, n FROM n`,
      )
      .run(runId, toIso(at(2)), toIso(at(1)));

    const seen: (string | null)[] = [];
    for (const row of store.report.outcomes(T0, at(10))) {
      if (seen.length === 500) store.ledger.record(runId, outcome(5_000, { decidedAt: at(3) }), null, T0);
      seen.push(row.reason);
    }
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
    expect(seen).toEqual([...numbers(2000, 2500), ...numbers(1, 1999), 'active_recently']);
  });
});

describe('the history of a conversation', () => {
  it('is empty where nothing is recorded', () => {
    const { store } = tempStore();
    expect(store.report.history(id(1))).toEqual({
      mapping: null,
      mappedAt: null,
      source: null,
      intendedAt: null,
      requests: [],
      outcomes: [],
      detailSince: null,
    });
  });

  it('is everything about it, oldest first, dry runs included', () => {
    const { store } = tempStore();
    const run = store.runs.begin(newRun());
    const dry = store.runs.begin(newRun({ dryRun: true }));
    const ask = (hours: number) =>
      store.intake.requestCloses(
        [{ conversationId: id(1), reason: null, origin: 'cli', force: false }],
        at(hours),
      );
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'csv:a.csv', T0);
    ask(0);
    const would = outcome(1, { outcome: 'would_close', origin: 'cli' });
    const kept = outcome(1, { origin: 'cli', decidedAt: at(2) });
    store.ledger.record(dry, would, null, T0);
    conclude(store, run, kept, T0);
    ask(3);
    intend(store, intent(1, run, { intendedAt: at(4) }));

    const history = store.report.history(id(1));
    expect(history).toMatchObject({
      mapping: { sessionId: 'session-1' },
      mappedAt: T0,
      source: 'csv:a.csv',
      intendedAt: at(4),
    });
    expect(history.requests).toMatchObject([
      { requestedAt: at(0), settledAt: at(2), outcome: 'kept' },
      { requestedAt: at(3), settledAt: null, outcome: null },
    ]);
    expect(history.outcomes).toEqual([
      { ...would, runId: dry, dryRun: true },
      { ...kept, runId: run, dryRun: false },
    ]);
  });
});

describe('the conversations of a session', () => {
  it('are all that are mapped to it, ended ones too, in the order in which they began', () => {
    const { store } = tempStore();
    const rows = [3, 1, 2].map((n) => mappingRow(n, { sessionId: 's', startedAt: at(n) }));
    store.intake.putMappings([...rows, mappingRow(4)], 'csv', T0);
    const closed = outcome(2, { outcome: 'closed' });
    const [run, dry] = [store.runs.begin(newRun()), store.runs.begin(newRun({ dryRun: true }))];
    conclude(store, run, closed, at(5));
    store.ledger.record(dry, outcome(1), null, T0);
    const open = { state: 'open', lastActivityAt: null, stateAt: null, lastOutcome: null };
    expect(store.report.conversationsOf('s')).toEqual([
      { ...open, conversationId: id(1), startedAt: at(1) },
      {
        ...open,
        conversationId: id(2),
        startedAt: at(2),
        state: 'closed',
        stateAt: at(5),
        lastOutcome: 'closed',
      },
      { ...open, conversationId: id(3), startedAt: at(3) },
    ]);
    expect(store.report.conversationsOf('nobody')).toEqual([]);
  });
});

describe('runs and their outcomes', () => {
  it('are listed newest first, as many as asked for', () => {
    const { store } = tempStore();
    const ids = Array.from({ length: 3 }, () => store.runs.begin(newRun()));
    expect(store.report.runs(2).map((run) => run.id)).toEqual([ids[2], ids[1]]);
    expect(store.report.run(99)).toBeNull();
  });

  it('are those of the asked kinds, in the order they were decided', () => {
    const { store } = tempStore();
    const run = store.runs.begin(newRun());
    const other = store.runs.begin(newRun());
    const kinds = ['failed', 'kept', 'unconfirmed', 'kept'] as const;
    for (const [index, kind] of kinds.entries()) {
      store.ledger.record(run, outcome(index, { outcome: kind, decidedAt: at(9 - index) }), null, T0);
    }
    store.ledger.record(other, outcome(9), null, T0);
    const listed = (...asked: Parameters<typeof store.report.outcomesOf>[1]) =>
      store.report.outcomesOf(run, asked, 10).map((each) => each.conversationId);
    expect(listed()).toEqual([3, 2, 1, 0].map(id));
    expect(listed('failed', 'unconfirmed')).toEqual([2, 0].map(id));
    expect(listed('closed')).toEqual([]);
    expect(store.report.outcomesOf(run, [], 2)).toHaveLength(2);
    expect(store.report.outcomesOf(run, ['kept'], Number.POSITIVE_INFINITY)).toHaveLength(2);
  });
});

describe('the overview', () => {
  it('of an empty database is all zeros', () => {
    expect(tempStore().store.report.overview(T0)).toEqual({
      mappings: { open: 0, closed: 0, gone: 0 },
      onHold: 0,
      pendingRequests: 0,
      intents: 0,
      outcomes: 0,
      summarised: 0,
      detailSince: null,
      runs: 0,
      oldestOpenAt: null,
    });
  });

  it('counts what there is', () => {
    const { store, user } = tempStore();
    const run = store.runs.begin(newRun());
    const rows = [1, 2, 3, 4, 5].map((n) => mappingRow(n, { lastActivityAt: at(n) }));
    store.intake.putMappings(rows, 'csv', T0);
    const end = user.prepare(
      'UPDATE mappings SET state = ?, state_at = started_at WHERE conversation_id = ?',
    );
    end.run('closed', id(1));
    end.run('gone', id(2));
    store.holds.hold([id(3)], at(10), T0);
    store.holds.hold([id(4)], at(9), T0);
    const requests = [1, 2].map((n) => ({
      conversationId: id(n),
      reason: null,
      origin: 'cli',
      force: false,
    }));
    store.intake.requestCloses(requests, T0);
    intend(store, intent(2, run));
    const closed = outcome(1, { outcome: 'closed' });
    store.ledger.record(run, closed, { mappingState: null, settlesRequest: true, needsIntent: false }, T0);
    store.ledger.record(run, outcome(5), null, T0);

    expect(store.report.overview(at(9))).toEqual({
      mappings: { open: 3, closed: 1, gone: 1 },
      onHold: 1,
      pendingRequests: 2,
      intents: 1,
      outcomes: 2,
      summarised: 0,
      detailSince: null,
      runs: 1,
      oldestOpenAt: at(3),
    });
  });
});
