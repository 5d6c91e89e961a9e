import { describe, expect, it } from 'vitest';
import { type Conversation, unreadable } from '../../src/domain/conversation.ts';
import { MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { createRemoteClock, onOurClock } from '../../src/genesys/remote-clock.ts';
import { START } from '../helpers/virtual-clock.ts';

/** A reply whose date is `aheadMs` ahead of ours when it is written, after `wayMs` of a way of `wayMs` back. */
function reply(aheadMs: number, wayMs = 0, sentAt = START) {
  return {
    headers: { date: new Date(sentAt + wayMs + aheadMs).toUTCString() },
    sentAt,
    answeredAt: sentAt + 2 * wayMs,
  };
}

describe('how far the remote clock is ahead', () => {
  it.each([0, 2 * MINUTE, -20 * MINUTE])('is what a date without latency tells: %i ms', (ahead) => {
    const clock = createRemoteClock();
    clock.observe(reply(ahead));
    expect(clock.skewMs()).toBe(ahead);
  });

  it.each([undefined, '', 'today', toIso(START)])('is not told by the date %j', (date) => {
    const clock = createRemoteClock();
    clock.observe({ headers: { date }, sentAt: START, answeredAt: START });
    expect(clock.skewMs()).toBeNull();
    clock.observe(reply(MINUTE));
    clock.observe({ headers: { date }, sentAt: START, answeredAt: START });
    expect(clock.skewMs()).toBe(MINUTE);
  });

  it('is known the better the more replies there are, however slow some of them', () => {
    const clock = createRemoteClock();
    const errors: number[] = [];
    for (const [i, wayMs] of [7_000, 400, 6_000, 30, 7_000, 90].entries()) {
      clock.observe(reply(2 * MINUTE, wayMs, START + i * 20_123));
      errors.push(Math.abs((clock.skewMs() ?? 0) - 2 * MINUTE));
    }
    expect(errors[0]).toBeLessThanOrEqual(7 * SECOND);
    expect(Math.max(...errors.slice(1))).toBeLessThanOrEqual(1_400);
    expect(errors.at(-1)).toBeLessThanOrEqual(500);
  });

  it.each([5 * MINUTE, -5 * MINUTE])('follows a clock that is set %i ms on', (by) => {
    const clock = createRemoteClock();
    clock.observe(reply(0));
    clock.observe(reply(by, 100));
    expect(Math.abs((clock.skewMs() ?? 0) - by)).toBeLessThanOrEqual(SECOND + 100);
  });
});

describe('a moment of the remote clock', () => {
  it.each([
    [2 * MINUTE, START - 2 * MINUTE],
    [-20 * MINUTE, START + 20 * MINUTE],
    [4 * SECOND, START - 4 * SECOND],
    // Rounding and latency.
    [3 * SECOND, START],
    [-3 * SECOND, START],
  ])('is put on ours when that is %i ms behind', (ahead, local) => {
    const clock = createRemoteClock();
    clock.observe(reply(ahead));
    expect(clock.toLocal(START)).toBe(local);
  });

  it('is taken as it is before any answer', () => {
    expect(createRemoteClock().toLocal(START)).toBe(START);
  });

  it.each([
    [20 * MINUTE, '0000-01-01T00:00:00.000Z'],
    [-20 * MINUTE, '9999-12-31T23:59:59.999Z'],
  ])('at the end of time stays one that can be written down (%i ms)', (ahead, edge) => {
    const clock = createRemoteClock();
    clock.observe(reply(ahead));
    expect(toIso(clock.toLocal(Date.parse(edge)))).toBe(edge);
  });
});

it.each([
  ['behind', 7, 7],
  ['ahead, which makes no sign of life older', -7, 0],
])(
  'every moment of a conversation of a clock %s is put on ours, and nothing else is changed',
  (_, by, aliveBy) => {
    const everyMoment: Conversation = {
      ...unreadable('id', 'problem'),
      endedAt: START,
      lastActivityAt: START + 1,
      lastCustomerMessageAt: START + 2,
      lastAgentMessageAt: START + 3,
      platformEndsAt: START + 4,
    };
    const shifted = onOurClock(everyMoment, (moment) => moment + by);
    const names = Object.keys(everyMoment) as (keyof Conversation)[];
    const expected = names.map((name) => {
      const value = everyMoment[name];
      const shift = /^last/.test(name) ? aliveBy : by;
      return [name, name.endsWith('At') ? (value as number) + shift : value];
    });
    expect(shifted).toEqual(Object.fromEntries(expected));
    const untold = unreadable('id', 'problem');
    expect(onOurClock(untold, (moment) => moment - 7)).toEqual(untold);
  },
);
