import { describe, expect, it } from 'vitest';
import { BusyError } from '../../src/domain/errors.ts';
import { HOUR } from '../../src/domain/time.ts';
import { openStore } from '../../src/store/store.ts';
import { conclude, id, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

describe('a session', () => {
  it('has the conversations that began last, with what a real run last made of each', () => {
    const { store } = tempStore();
    const rows = [1, 2, 3].map((n) => mappingRow(n, { sessionId: 's', startedAt: T0 + n }));
    store.intake.putMappings([...rows, mappingRow(4)], 'http', T0);
    store.holds.hold([id(3)], T0 + HOUR, T0);
    const run = store.runs.begin(newRun());
    conclude(store, run, outcome(2, { sessionId: 's' }), T0);
    const dry = store.runs.begin(newRun({ dryRun: true }));
    store.ledger.record(dry, outcome(3, { outcome: 'would_close' }), null, T0);

    const { total, items } = store.served.session('s', 2);
    expect(total).toBe(3);
    expect(items).toMatchObject([
      { conversationId: id(3), holdUntil: T0 + HOUR, lastOutcome: null },
      {
        conversationId: id(2),
        holdUntil: null,
        lastOutcome: { outcome: 'kept', reason: 'active_recently', decidedAt: T0 + HOUR },
      },
    ]);
    expect(store.served.session('nobody', 2)).toEqual({ total: 0, items: [] });
  });
});

describe('a close request', () => {
  const ask = { conversationId: id(1), reason: 'wrap-up', origin: 'http', force: false };

  it('is pending, and later tells which outcome of which run settled it', () => {
    const { store } = tempStore();
    const [{ requestId = 0 } = {}] = store.served.requestCloses([ask], T0);
    expect(store.served.request(requestId)).toMatchObject({ outcome: null, settledAt: null, because: null });

    const run = store.runs.begin(newRun());
    const it = outcome(1, { outcome: 'closed', reason: 'requested', detail: 'd', origin: 'http' });
    conclude(store, run, { ...it, closedAt: T0 + HOUR }, T0 + HOUR);
    expect(store.served.request(requestId)).toMatchObject({
      outcome: 'closed',
      settledAt: T0 + HOUR,
      because: { reason: 'requested', detail: 'd', runId: run },
    });
  });

  it('that nobody made is none', () => {
    expect(tempStore().store.served.request(1)).toBeNull();
  });
});

describe('whether it can be written', () => {
  it('is denied while another program writes, and with another schema', () => {
    const { path, user } = tempStore();
    const store = openStore(path, { mode: 'write', now: T0, patienceMs: 1 });
    try {
      store.served.demandReady();
      user.exec('BEGIN IMMEDIATE');
      expect(() => store.served.demandReady()).toThrow(BusyError);
      user.exec('COMMIT; PRAGMA user_version = 99');
      expect(() => store.served.demandReady()).toThrow('has schema 99');
    } finally {
      store.close();
    }
  });
});
