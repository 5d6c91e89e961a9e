import { expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { withCloseRequests } from '../../src/webhook/with-close-requests.ts';
import { id, mappingRow, T0, tempStore } from '../store/fixtures.ts';

const ask = (n: number, origin = 'http', force = false) => ({
  conversationId: id(n),
  reason: null,
  origin,
  force,
});
const after = (now: number, waitMs: number | null) => ({
  now,
  stillActive: new Set<string>(),
  dueAgain: waitMs === null ? null : (attempts: number) => now + waitMs * (attempts + 1),
});

function setUp() {
  const { store } = tempStore();
  return { store, events: withCloseRequests(store.events, store.asked) };
}

it('close requests that came over HTTP are due at once, in their order, and no others', () => {
  const { store, events } = setUp();
  expect(events.nextDue()).toBeNull();
  store.intake.requestCloses([ask(3), ask(1, 'cli'), ask(2)], T0);
  expect(events.nextDue()).toBe(T0);
  expect([...events.takeUp([], T0).closes]).toEqual([id(3), id(2)]);
});

it('what stays pending is due again later and later; what was asked for once more, at once', () => {
  const { store, events } = setUp();
  store.intake.requestCloses([ask(1)], T0);
  events.takeUp([], T0);
  events.conclude([], after(T0, MINUTE));
  expect(events.nextDue()).toBe(T0 + MINUTE);
  expect(events.takeUp([], T0).closes.size).toBe(0);
  events.takeUp([], T0 + MINUTE);
  events.conclude([], after(T0 + MINUTE, MINUTE));
  expect(events.nextDue()).toBe(T0 + 3 * MINUTE);
  store.intake.requestCloses([ask(1, 'http', true)], T0 + MINUTE + 1);
  expect(events.takeUp([], T0 + MINUTE + 1).closes.size).toBe(1);
});

it("trouble that is everybody's is no fault of a request", () => {
  const { store, events } = setUp();
  store.intake.requestCloses([ask(1)], T0);
  events.takeUp([], T0);
  events.conclude([], after(T0, null));
  expect(events.nextDue()).toBe(T0);
});

it('events come first, what is only looked at is not closed, and a batch is no larger than others', () => {
  const { store, events } = setUp();
  const event = (n: number, kind: 'close_now' | 'settle') => ({
    ...{ kind, name: 'conversation.x', conversationId: id(n), eventAt: T0 - HOUR, identity: `${kind} ${n}` },
  });
  store.intake.putMappings([mappingRow(2)], 'http', T0);
  store.events.accept([event(1, 'close_now'), event(2, 'settle')], T0, T0);
  store.intake.requestCloses([ask(2), ...Array.from({ length: 30 }, (_, i) => ask(100 + i))], T0);
  const { closes, looks } = events.takeUp(events.due(T0, 20), T0);
  expect([...closes].slice(0, 2)).toEqual([id(1), id(100)]);
  expect(closes.size).toBe(20);
  expect([...looks.keys()]).toEqual([id(2)]);
});
