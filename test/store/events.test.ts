import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { anEvent } from '../webhook/make.ts';
import { conclude, id, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

const NOW = T0 + HOUR;
const ofStore = (n: number, changes: Parameters<typeof anEvent>[1] = {}) =>
  anEvent(n, { conversationId: id(n), eventAt: NOW - SECOND, ...changes });

function aStore() {
  const db = tempStore();
  const { store } = db;
  const accept = (...events: ReturnType<typeof ofStore>[]) => store.events.accept(events, NOW, NOW);
  const takeUp = () => store.events.takeUp(store.events.due(NOW, 100), NOW);
  const outcomes = () => db.user.prepare('SELECT outcome FROM events ORDER BY id').pluck().all();
  const requests = (n: number) => store.report.history(id(n)).requests;
  /** A run settles its request this way. */
  const settle = (n: number, changes: Parameters<typeof outcome>[1]) => {
    const runId = store.runs.begin(newRun({ kind: 'webhook' }));
    const origin = requests(n).at(-1)?.origin ?? 'schedule';
    conclude(store, runId, outcome(n, { origin, decidedAt: NOW, ...changes }), NOW);
  };
  return { ...db, accept, takeUp, outcomes, requests, settle };
}

describe('accepting', () => {
  it('records the event and the close request that it asks for, with the time of the event', () => {
    const { accept, requests, store } = aStore();
    expect(accept(ofStore(1))).toEqual(['accepted']);
    expect(requests(1)).toMatchObject([
      { origin: 'webhook:conversation.acw', requestedAt: NOW - SECOND, settledAt: null },
    ]);
    expect(store.work.known(id(1)).request).toMatchObject({ force: false });
    expect(store.events.due(NOW, 10)).toMatchObject([
      { kind: 'close_now', eventAt: NOW - SECOND, attempts: 0 },
    ]);
  });

  it('drops what it has recorded before, also within one group', () => {
    const { accept, requests } = aStore();
    const one = ofStore(1);
    expect(accept(one, one, ofStore(2))).toEqual(['accepted', 'duplicate', 'accepted']);
    expect(accept(one)).toEqual(['duplicate']);
    expect(requests(1)).toHaveLength(1);
  });

  it('takes no event to be later than it came in: what was active meanwhile is kept', () => {
    const { accept, requests } = aStore();
    accept(ofStore(1, { eventAt: NOW + HOUR }));
    expect(requests(1)).toMatchObject([{ requestedAt: NOW }]);
  });

  it('asks for nothing where the event is only to be looked at', () => {
    const { accept, requests } = aStore();
    accept(ofStore(1, { kind: 'settle' }));
    expect(requests(1)).toEqual([]);
  });

  it("leaves a person's request as it is", () => {
    const { accept, requests, store } = aStore();
    store.intake.requestCloses([{ conversationId: id(1), reason: 'spam', origin: 'cli', force: true }], T0);
    accept(ofStore(1));
    expect(requests(1)).toMatchObject([{ origin: 'cli', reason: 'spam', requestedAt: T0 }]);
  });

  it('writes all of a group or nothing', () => {
    const { accept, user, store } = aStore();
    expect(() => accept(ofStore(1), ofStore(2, { conversationId: 'X' }))).toThrow('lower_case_uuid');
    expect(store.events.countPending()).toBe(0);
    expect(user.prepare('SELECT count(*) FROM close_requests').pluck().get()).toBe(0);
  });

  it.each([
    [{ identity: ' ' }, 'identity_is_not_empty'],
    [{ name: '' }, 'name_is_not_empty'],
    [{ kind: 'x' as 'settle' }, 'kind_is_known'],
  ])('refuses %o', (changes, constraint) => {
    const { accept } = aStore();
    expect(() => accept(ofStore(1, changes))).toThrow(constraint);
  });
});

describe('an event that asks for a close', () => {
  it('waits for its request, and has its outcome', () => {
    const { accept, takeUp, settle, outcomes } = aStore();
    accept(ofStore(1), ofStore(2));
    expect(takeUp()).toEqual({ closes: new Set([id(1), id(2)]), looks: new Map() });
    settle(1, { outcome: 'closed', reason: 'requested' });
    settle(2, { outcome: 'failed', reason: 'inspect' });
    expect(takeUp().closes).toEqual(new Set([id(2)]));
    expect(outcomes()).toEqual(['closed', null]);
  });

  it('is answered by the end that another one has led to', () => {
    const { accept, takeUp, settle, outcomes, requests } = aStore();
    accept(...Array.from({ length: 10 }, (_, i) => ofStore(1, { eventAt: NOW - i * SECOND })));
    expect(takeUp().closes).toEqual(new Set([id(1)]));
    settle(1, { outcome: 'already_closed', reason: 'ended' });
    expect(takeUp().closes.size).toBe(0);
    expect(outcomes()).toEqual(Array(10).fill('already_closed'));
    expect(requests(1)).toHaveLength(1);
  });

  it('asks once more where an earlier one was kept, with the time of the newest', () => {
    const { accept, takeUp, settle, outcomes, requests } = aStore();
    accept(ofStore(1, { eventAt: NOW - MINUTE }));
    accept(ofStore(1, { eventAt: NOW - 30 * SECOND }), ofStore(1, { eventAt: NOW - 2 * MINUTE }), ofStore(1));
    settle(1, { outcome: 'kept', reason: 'active_since_request' });
    expect(takeUp().closes).toEqual(new Set([id(1)]));
    expect(outcomes(), 'those that are no later').toEqual(['kept', null, 'kept', null]);
    expect(requests(1)).toMatchObject([{ outcome: 'kept' }, { requestedAt: NOW - SECOND, settledAt: null }]);
    settle(1, { outcome: 'closed', reason: 'requested' });
    takeUp();
    expect(outcomes()).toEqual(['kept', 'closed', 'kept', 'closed']);
  });

  it('is taken back with its request', () => {
    const { accept, takeUp, user, outcomes, requests } = aStore();
    accept(ofStore(1));
    user.exec('DELETE FROM close_requests');
    expect(takeUp().closes.size).toBe(0);
    expect(outcomes()).toEqual(['taken_back']);
    expect(requests(1)).toEqual([]);
  });
});

describe('an event that is only to be looked at', () => {
  it('is looked at while its conversation is open, but not where that is to be closed anyway', () => {
    const { accept, takeUp, store } = aStore();
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'test', T0);
    accept(
      ofStore(1, { kind: 'settle', name: 'conversation.customer.end' }),
      ofStore(2, { kind: 'settle' }),
      ofStore(2),
    );
    expect(takeUp()).toEqual({
      closes: new Set([id(2)]),
      looks: new Map([[id(1), 'webhook:conversation.customer.end']]),
    });
  });

  it('needs no look without a mapping, or when its end is known', () => {
    const { accept, takeUp, settle, outcomes, store } = aStore();
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'test', T0);
    settle(1, { outcome: 'already_closed' });
    settle(2, { outcome: 'not_found' });
    accept(...[1, 2, 3].map((n) => ofStore(n, { kind: 'settle' })));
    expect(takeUp().looks.size).toBe(0);
    expect(outcomes()).toEqual(['already_closed', 'not_found', 'not_mapped']);
  });

  it('is over when it was seen alive, and given up when it could not be seen for long', () => {
    const { accept, outcomes, store } = aStore();
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'test', T0);
    accept(ofStore(1, { kind: 'settle' }), ofStore(2, { kind: 'settle' }));
    const stillActive = new Set([id(1)]);
    for (let n = 0; n < 8; n++) {
      store.events.conclude(store.events.due(NOW, 10), { now: NOW, stillActive, dueAgain: () => NOW });
    }
    expect(outcomes()).toEqual(['still_active', 'given_up']);
  });
});

it('what nothing became of is due again later, unless it is not to blame', () => {
  const { accept, store } = aStore();
  accept(ofStore(1));
  const after = { now: NOW, stillActive: new Set<string>() };
  store.events.conclude(store.events.due(NOW, 10), { ...after, dueAgain: null });
  expect(store.events.due(NOW, 10)).toMatchObject([{ attempts: 0 }]);
  store.events.conclude(store.events.due(NOW, 10), { ...after, dueAgain: (n) => NOW + (n + 1) * MINUTE });
  expect(store.events.due(NOW, 10)).toEqual([]);
  expect(store.events.nextDue()).toBe(NOW + MINUTE);
  expect(store.events.due(NOW + MINUTE, 10)).toMatchObject([{ attempts: 1 }]);
});

it('prune removes what is settled and old, and nothing that is pending', () => {
  const { accept, takeUp, settle, store, user } = aStore();
  accept(ofStore(1), ofStore(2));
  settle(1, { outcome: 'closed', reason: 'requested' });
  takeUp();
  const scope = (before: number) => ({ before, watchedSince: 0 });
  expect(store.pruning.countEvents(scope(NOW))).toBe(0);
  expect(store.pruning.countEvents(scope(NOW + 1))).toBe(1);
  expect(store.pruning.removeEvents(scope(NOW + 1))).toBe(1);
  expect(user.prepare('SELECT conversation_id FROM events').pluck().all()).toEqual([id(2)]);
});
