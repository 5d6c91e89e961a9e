import { setTimeout as realSleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPacer, type Pacer, type Priority } from '../../src/genesys/pacer.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';

const never = () => new AbortController().signal;
const SPACING_MS = 100;
const OK = { status: 200, headers: {} };

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

function makePacer(options: { ratePerMinute?: number; budgetShare?: number } = {}): Pacer {
  return createPacer({
    clock,
    ratePerMinute: 60_000 / SPACING_MS,
    budgetShare: 1,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

function start(
  name: string,
  { signal = never(), priority = 'normal' as Priority, kind = 'reads', answer = OK as object } = {},
): Promise<string> {
  return pacer
    .run(
      async () => {
        starts.push({ name, at: clock.now() - START });
        return { ...OK, ...answer };
      },
      signal,
      priority,
      kind,
    )
    .then(() => name);
}

/** What a reply says of its limit. */
const told = (count: number, allowed: number, resetSeconds: number) => ({
  headers: {
    'inin-ratelimit-count': String(count),
    'inin-ratelimit-allowed': String(allowed),
    'inin-ratelimit-reset': String(resetSeconds),
  },
});

/** An attempt that goes on until it is told to finish. */
function heldAttempt(signal = never()) {
  let begin = () => {};
  let finish = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const held = new Promise<typeof OK>((resolve) => {
    finish = () => resolve(OK);
  });
  const attempt = () => {
    begin();
    return held;
  };
  return { begun, finish: () => finish(), ended: pacer.run(attempt, signal, 'normal', 'reads') };
}

const names = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

describe('the pace', () => {
  it('keeps attempts apart', async () => {
    const all = names(5).map((name) => start(name));
    letTimePass();
    await Promise.all(all);
    expect(starts).toEqual(names(5).map((name, turn) => ({ name, at: turn * SPACING_MS })));
  });

  it('lets those with priority go before those who wait longer', async () => {
    pacer.pauseFor(1_000);
    const all = [start('a'), start('b'), start('c'), start('close', { priority: 'first' })];
    await realTurns();
    letTimePass();
    await Promise.all(all);
    expect(starts.map(({ name }) => name)).toEqual(['a', 'close', 'b', 'c']);
  });

  it('passes on what the attempt throws, and goes on', async () => {
    letTimePass();
    const failure = new Error('reset');
    const failing = pacer.run(() => Promise.reject(failure), never(), 'normal', 'reads');
    await expect(failing).rejects.toBe(failure);
    expect(await start('next')).toBe('next');
  });

  it('stops at the end of what a window allows, until it is over', async () => {
    letTimePass();
    await start('last but one', { answer: told(299, 300, 30) });
    await start('last', { answer: told(300, 300, 30) });
    await start('of the next window', { answer: told(1, 300, 60) });
    expect(starts[2]?.at).toBeGreaterThanOrEqual(30_000);
    expect(starts[2]?.at).toBeLessThanOrEqual(32_000);
  });

  it('gives a kind that is allowed less a pace of its own, and does not hold up the others', async () => {
    letTimePass();
    await start('read', { answer: told(1, 300, 60) });
    await start('survey', { kind: 'surveys', answer: told(10, 10, 60) });
    const survey = start('survey', { kind: 'surveys', answer: told(1, 10, 60) });
    const reads = names(5).map((name) => start(name, { answer: told(2, 300, 60) }));
    await Promise.all(reads);
    expect(starts.at(-1)?.at).toBeLessThan(5_000);
    await survey;
    expect(starts.at(-1)?.name).toBe('survey');
    expect(starts.at(-1)?.at).toBeGreaterThanOrEqual(60_000);
  });

  it('goes on more slowly after a 429', async () => {
    letTimePass();
    await start('first', { answer: told(1, 600, 60) });
    await start('limited', { answer: { ...told(301, 600, 60), status: 429 } });
    for (const name of names(3)) await start(name, { answer: told(1, 600, 60) });
    const gaps = starts.slice(3).map(({ at }, i) => at - (starts[i + 2]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1.9 * SPACING_MS);
  });
});

describe('a pause', () => {
  it('stops everybody, also those who come while it lasts, and is followed by the usual pace', async () => {
    pacer.pauseFor(3_000);
    const all = names(8).map((name) => start(name));
    await clock.untilSleeping(1);
    all.push(start('late'));
    await clock.advance(2_999);
    expect(starts).toEqual([]);
    expect(pacer.pausedForMs()).toBe(1);
    letTimePass();
    await Promise.all(all);
    const gaps = starts.slice(1).map(({ at }, i) => at - (starts[i]?.at ?? 0));
    expect(starts[0]?.at).toBe(3_000);
    // What a timer was late is made up for, by 5 ms at the most.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SPACING_MS - 5);
    expect(pacer.pausedForMs()).toBe(0);
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
    await clock.advance(4_999);
    expect(starts).toEqual([]);
    await clock.advance(1);
    await waiting;
    expect(starts).toEqual([{ name: 'one', at: 5_000 }]);
  });

  it('that begins while another is waited out is waited out too', async () => {
    pacer.pauseFor(1_000);
    const waiting = start('1');
    await clock.untilSleeping(1);
    await clock.advance(500);
    pacer.pauseFor(1_000);
    await clock.advance(1_000);
    await waiting;
    expect(starts).toEqual([{ name: '1', at: 1_500 }]);
  });

  it('does not touch an attempt that has begun', async () => {
    const attempt = heldAttempt();
    await attempt.begun;
    pacer.pauseFor(60_000);
    attempt.finish();
    expect(await attempt.ended).toBe(OK);
    expect(pacer.pausedForMs()).toBe(60_000);
  });
});

describe('an abort', () => {
  const reason = new Error('deadline');

  it('before it rejects at once', async () => {
    await expect(start('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(starts).toEqual([]);
  });

  it('while paused rejects at once and leaves no sleeper', async () => {
    const abort = new AbortController();
    pacer.pauseFor(60_000);
    const waiting = start('x', { signal: abort.signal });
    await clock.untilSleeping(1);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await realTurns(5);
    expect([clock.now(), clock.sleepers, starts]).toEqual([START, 0, []]);
  });

  it('while it stands in the queue behind a pause rejects at once, and the attempt is never made', async () => {
    const abort = new AbortController();
    pacer.pauseFor(60_000);
    const ahead = start('ahead');
    const behind = start('behind', { signal: abort.signal });
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
    const aborted = start('x', { signal: abort.signal });
    const other = start('y');
    await clock.untilSleeping(1);
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    letTimePass();
    expect(await other).toBe('y');
  });

  it('does not touch an attempt that has begun', async () => {
    const abort = new AbortController();
    const attempt = heldAttempt(abort.signal);
    await attempt.begun;
    abort.abort(reason);
    attempt.finish();
    expect(await attempt.ended).toBe(OK);
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
