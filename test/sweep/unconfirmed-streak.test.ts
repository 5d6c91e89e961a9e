import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { createEnding } from '../../src/sweep/ending.ts';
import { createUnconfirmedStreak } from '../../src/sweep/unconfirmed-streak.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { night } from './night.ts';

type Result = [nth: number, shown: boolean];

/** How a run stands after these results, in the order in which they became known. */
function after(...results: readonly Result[]) {
  const ending = createEnding();
  const streak = createUnconfirmedStreak(ending);
  for (const [nth, shown] of results) {
    if (shown) streak.confirmed(nth);
    else streak.unconfirmed(nth);
  }
  return ending;
}

const many = (count: number, from = 1): Result[] =>
  Array.from({ length: count }, (_, i) => [from + i, false]);

describe('closes that change nothing', () => {
  it.each<[string, Result[], boolean]>([
    ['twenty in a row', many(20), true],
    ['nineteen in a row', many(19), false],
    ['twenty with one that showed in between', [...many(19), [20, true], ...many(1, 21)], false],
    ['twenty after one that showed', [[0, true], ...many(20)], true],
    ['twenty known late, begun before one that showed at once', [[30, true], ...many(20)], false],
    ['twenty begun with one that showed at once', [[1, true], ...many(20, 1)], false],
    ['twenty more begun after it', [[1, true], ...many(20, 2)], true],
    ['twenty, the latest known first', many(20).reverse(), true],
    ['an early one known to have shown after a later one', [[30, true], [5, true], ...many(20, 6)], false],
  ])('%s', (_, results, stops) => {
    const ending = after(...results);
    expect(ending.stopped).toBe(stops);
    expect(ending.codes).toEqual(stops ? [8] : []);
    // What is in hand is still verified.
    expect(ending.signal.aborted).toBe(false);
  });

  it('are numbered from one, in the order in which they were begun', () => {
    const streak = createUnconfirmedStreak(createEnding());
    expect([streak.begun(), streak.begun(), streak.begun()]).toEqual([1, 2, 3]);
  });

  it.each([
    ['whose answers are lost', '503', {}],
    ['in a run whose time is used up meanwhile', null, { maxDurationMs: 10_000 }],
  ] as const)('stop with 8 as well %s', async (_, fault, changes) => {
    const numbers = Array.from({ length: 24 }, (_, i) => i + 1);
    const n = await night({
      conversations: numbers.map((i) => conversation(i, 'waiting_in_queue', 2 * DAY)),
      simulator: { closeEffect: { kind: 'never' } },
    });
    n.when('close', null, () => fault);
    const { exitCode, message } = await n.sweep(changes);
    expect(exitCode).toBe(8);
    expect(message).toContain('20 closes in a row were sent and ended none');
  });

  it('stop a run with 8, which verifies and records what it has in hand, and the next one makes up for it', async () => {
    const numbers = Array.from({ length: 24 }, (_, i) => i + 1);
    const n = await night({
      conversations: numbers.map((i) => conversation(i, 'waiting_in_queue', 2 * DAY)),
      simulator: { closeEffect: { kind: 'never' } },
    });
    const { exitCode, run, counts, message } = await n.sweep();
    expect({ exitCode, state: run.state }).toEqual({ exitCode: 8, state: 'stopped' });
    expect(message).toContain('20 closes in a row were sent and ended none');
    expect(counts).toMatchObject({ closed: 0, failed: 0, notAttempted: 0, unconfirmed: 24 });
    expect(n.store.ledger.intents()).toEqual([]);

    for (const i of numbers) n.world.setCloseEffect(idOf(i), { kind: 'reply' });
    await n.later(HOUR);
    expect(await n.sweep()).toMatchObject({ exitCode: 0, counts: { closed: 24, left: 0 } });
    expect(n.agreement()).toEqual([]);
  });

  it.each([
    ['shows a little later', 3, { closed: 1, unconfirmed: 23 }],
    ['had ended by itself', 8, { alreadyClosed: 1, unconfirmed: 23 }],
  ])('with one that %s end a run with %i', async (what, exitCode, counts) => {
    const last = idOf(24);
    const n = await night({
      wire: 'memory',
      conversations: Array.from({ length: 24 }, (_, i) => conversation(i + 1, 'waiting_in_queue', 2 * DAY)),
      simulator: { closeEffect: { kind: 'never' } },
    });
    if (what === 'had ended by itself') n.when('close', last, () => n.world.endByItself(last, n.clock.now()));
    else n.world.setCloseEffect(last, { kind: 'delayed', ms: 3_000 });
    expect(await n.sweep()).toMatchObject({ exitCode, counts });
  });
});
