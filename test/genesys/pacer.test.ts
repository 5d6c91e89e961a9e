import { setTimeout as realSleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPacer, type Pacer, type Priority } from '../../src/genesys/pacer.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';

const never = () => new AbortController().signal;
/** Bottleneck's timers are real ones, so this is short; after a pause it is the clock's. */
const SPACING_MS = 2;

let clock: VirtualClock;
let pacer: Pacer;
let starts: { name: string; at: number }[];

beforeEach(() => {
  clock = new VirtualClock();
  starts = [];
  pacer = makePacer();
});
afterEach(() => {
  expect(clock.sleepers, 'sleepers left').toBe(0);
});

function makePacer(options: { ratePerMinute?: number; maxConcurrent?: number } = {}): Pacer {
  return createPacer({
    clock,
    ratePerMinute: 60_000 / SPACING_MS,
    maxConcurrent: 5,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

function start(name: string, signal = never(), priority: Priority = 'normal'): Promise<string> {
  return pacer.run(
    async () => {
      starts.push({ name, at: clock.now() - START });
      return name;
    },
    signal,
    priority,
  );
}

/** An attempt that goes on until it is told to finish. */
function heldAttempt(signal = never()) {
  let begin = () => {};
  let finish = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const held = new Promise<string>((resolve) => {
    finish = () => resolve('finished');
  });
  const attempt = () => {
    begin();
    return held;
  };
  return { begun, finish: () => finish(), ended: pacer.run(attempt, signal, 'normal') };
}

const names = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

describe('the pace', () => {
  it('keeps attempts apart in real time', async () => {
    pacer = makePacer({ ratePerMinute: 3_000 });
    const began = performance.now();
    await Promise.all(names(6).map((name) => start(name)));
    // Five gaps of 20 ms; Bottleneck counts in whole milliseconds.
    expect(performance.now() - began).toBeGreaterThanOrEqual(5 * 20 - 6);
    expect(starts.map(({ name }) => name)).toEqual(names(6));
  });

  it('lets no more than so many be under way', async () => {
    pacer = makePacer({ maxConcurrent: 2 });
    let underWay = 0;
    let most = 0;
    const attempt = async () => {
      most = Math.max(most, ++underWay);
      await realSleep(5);
      underWay--;
    };
    await Promise.all(names(7).map(() => pacer.run(attempt, never(), 'normal')));
    expect(most).toBe(2);
  });

  it('lets those with priority go before those who wait longer', async () => {
    pacer = makePacer({ maxConcurrent: 1 });
    pacer.pauseFor(1_000);
    const all = [start('a'), start('b'), start('c'), start('close', never(), 'first')];
    await realTurns();
    letTimePass();
    await Promise.all(all);
    expect(starts.map(({ name }) => name)).toEqual(['a', 'close', 'b', 'c']);
  });

  it('passes on what the attempt throws, and goes on', async () => {
    const failure = new Error('reset');
    await expect(pacer.run(() => Promise.reject(failure), never(), 'normal')).rejects.toBe(failure);
    expect(await start('next')).toBe('next');
  });
});

describe('a pause', () => {
  it('stops everybody, also those who come while it lasts', async () => {
    pacer.pauseFor(3_000);
    const all = names(8).map((name) => start(name));
    await clock.untilSleeping(5);
    all.push(start('late'));
    await clock.advance(2_999);
    expect(starts).toEqual([]);
    expect(pacer.pausedForMs()).toBe(1);
    letTimePass();
    await Promise.all(all);
    expect(starts).toHaveLength(9);
    expect(starts.every(({ at }) => at >= 3_000)).toBe(true);
    expect(pacer.pausedForMs()).toBe(0);
  });

  it('is followed by the usual pace, not by everybody in one millisecond', async () => {
    pacer.pauseFor(3_000);
    const all = names(5).map((name) => start(name));
    await clock.untilSleeping(5);
    await clock.advance(3_100);
    await Promise.all(all);
    expect(starts.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((turn) => 3_000 + turn * SPACING_MS));
  });

  it('is followed by one line, in which newcomers stand last', async () => {
    pacer = makePacer({ ratePerMinute: 600, maxConcurrent: 3 });
    pacer.pauseFor(3_000);
    const all = names(3).map((name) => start(name));
    await clock.untilSleeping(3);
    await clock.advance(3_000);
    // The first is done, and Bottleneck lets the newcomer in at once.
    all.push(start('newcomer'));
    await clock.untilSleeping(3);
    await clock.advance(1_000);
    await Promise.all(all);
    expect(starts).toEqual([
      { name: '1', at: 3_000 },
      { name: '2', at: 3_100 },
      { name: '3', at: 3_200 },
      { name: 'newcomer', at: 3_300 },
    ]);
  });

  it('is over for those who come long after it', async () => {
    pacer.pauseFor(3_000);
    await clock.advance(10_000);
    await start('later');
    expect(starts).toEqual([{ name: 'later', at: 10_000 }]);
  });

  it.each([
    ['a longer one wins', 1_000, 5_000],
    ['a shorter one does not shorten it', 5_000, 1_000],
  ])('while there is one already: %s', async (_, first, second) => {
    pacer.pauseFor(first);
    pacer.pauseFor(second);
    const waiting = start('one');
    await clock.untilSleeping(1);
    await clock.advance(10_000);
    await waiting;
    expect(starts).toEqual([{ name: 'one', at: 5_000 }]);
  });

  it('that begins while another is waited out, or while they line up after it, is waited out too', async () => {
    pacer.pauseFor(1_000);
    const all = [start('1'), start('2')];
    await clock.untilSleeping(2);
    await clock.advance(500);
    pacer.pauseFor(1_000);
    await clock.advance(1_000);
    expect(starts).toEqual([{ name: '1', at: 1_500 }]);
    pacer.pauseFor(1_000);
    await clock.advance(5_000);
    await Promise.all(all);
    expect(starts.slice(1)).toEqual([{ name: '2', at: 2_500 }]);
  });

  it('does not touch an attempt that has begun', async () => {
    const attempt = heldAttempt();
    await attempt.begun;
    pacer.pauseFor(60_000);
    attempt.finish();
    expect(await attempt.ended).toBe('finished');
    expect(pacer.pausedForMs()).toBe(60_000);
  });
});

describe('an abort', () => {
  const reason = new Error('deadline');

  it('before it rejects at once, whoever else is waiting', async () => {
    pacer = makePacer({ maxConcurrent: 1 });
    pacer.pauseFor(1_000);
    const ahead = start('ahead');
    await clock.untilSleeping(1);
    await expect(start('x', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(starts).toEqual([]);
    await clock.advance(1_000);
    await ahead;
  });

  it('while paused rejects at once and leaves no sleeper', async () => {
    const abort = new AbortController();
    pacer.pauseFor(60_000);
    const waiting = start('x', abort.signal);
    await clock.untilSleeping(1);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect([clock.now(), clock.sleepers, starts]).toEqual([START, 0, []]);
  });

  it('while it stands in the queue behind a pause rejects at once, and the attempt is never made', async () => {
    pacer = makePacer({ maxConcurrent: 1 });
    const abort = new AbortController();
    pacer.pauseFor(60_000);
    const ahead = start('ahead');
    const behind = start('behind', abort.signal);
    await clock.untilSleeping(1);
    abort.abort(reason);
    await expect(behind).rejects.toBe(reason);
    letTimePass();
    await ahead;
    expect(await start('next')).toBe('next');
    expect(starts.map(({ name }) => name)).toEqual(['ahead', 'next']);
  });

  it('of one leaves the others waiting', async () => {
    const abort = new AbortController();
    pacer.pauseFor(1_000);
    const aborted = start('x', abort.signal);
    const other = start('y');
    await clock.untilSleeping(2);
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await clock.advance(2_000);
    expect(await other).toBe('y');
  });

  it('does not touch an attempt that has begun', async () => {
    const abort = new AbortController();
    const attempt = heldAttempt(abort.signal);
    await attempt.begun;
    abort.abort(reason);
    attempt.finish();
    expect(await attempt.ended).toBe('finished');
  });
});

/** So many turns of the event loop, enough for Bottleneck, which takes some for each job, to take all of them in. */
async function realTurns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await realSleep(1);
}

/** From now on time passes by itself, until the test is finished. */
function letTimePass(): void {
  onTestFinished(clock.runByItself(() => true));
}
