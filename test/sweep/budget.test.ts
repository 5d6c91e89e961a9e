import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import { createBudget } from '../../src/sweep/budget.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const thirty = () => night({ conversations: numbers(30).map(stale) });
const patches = (n: Night) => n.simulator.log.filter(({ route }) => route === 'close').length;

describe('the budget of closes', () => {
  it.each([1, 2, 7])('of %i is kept exactly, with ten in hand', async (maxCloses) => {
    const n = await thirty();
    const { exitCode, counts, message } = await n.sweep({ maxCloses });
    expect(exitCode).toBe(6);
    expect(counts.closed).toBe(maxCloses);
    expect(patches(n)).toBe(maxCloses);
    expect(counts.left + counts.notAttempted).toBe(30 - maxCloses);
    expect(message).toContain(`The budget of ${maxCloses} closes (maxCloses) is used up`);
    expect(counts.inspected, 'looks at what it could not close').toBeLessThanOrEqual(maxCloses + 10);
    expect(n.agreement()).toEqual([]);
  });

  it('of 0 closes nothing', async () => {
    const n = await thirty();
    const { exitCode, counts } = await n.sweep({ maxCloses: 0 });
    expect(exitCode).toBe(6);
    expect(counts).toMatchObject({ closed: 0 });
    expect(patches(n)).toBe(0);
    expect(counts.left + counts.notAttempted).toBe(30);
    expect(n.story(idOf(1))).toEqual(['not_attempted/budget']);
  });

  it('is no reason to complain when it was just enough', async () => {
    const n = await thirty();
    expect(await n.sweep({ maxCloses: 30 })).toMatchObject({ exitCode: 0, counts: { closed: 30, left: 0 } });
  });

  it('counts requests too', async () => {
    const n = await thirty();
    n.request([idOf(29), idOf(30)]);
    const { exitCode, counts } = await n.sweep({ maxCloses: 1, concurrency: 1 });
    expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 6, closed: 1 });
    expect(n.requests(idOf(29))).toMatchObject([{ outcome: 'closed' }]);
    expect(n.requests(idOf(30))).toMatchObject([{ settledAt: null }]);
  });

  it('leaves the rest to the following nights, which finish it', async () => {
    const n = await thirty();
    const codes: number[] = [];
    for (let i = 0; i < 3; i++) {
      codes.push((await n.sweep({ maxCloses: 12 })).exitCode);
      await n.later(DAY);
    }
    expect(codes).toEqual([6, 6, 0]);
    expect(n.world.account().every(({ patches: sent, status }) => sent === 1 && status !== 'active')).toBe(
      true,
    );
    expect(n.agreement()).toEqual([]);
  });

  it('gives back what was not begun', () => {
    const budget = createBudget(1);
    expect([budget.take(), budget.take(), budget.used]).toEqual([true, false, 1]);
    budget.giveBack();
    expect([budget.take(), budget.take(), budget.used]).toEqual([true, false, 1]);
    expect(createBudget(Number.POSITIVE_INFINITY).take()).toBe(true);
    expect(createBudget(0).take()).toBe(false);
  });
});

describe('a limit of looks', () => {
  it('is kept exactly, and the run says what is left', async () => {
    const n = await thirty();
    const { exitCode, counts, run, requests } = await n.sweep({ limit: 12 });
    expect({ exitCode, scope: run.scope }).toEqual({ exitCode: 6, scope: 'limited' });
    expect(counts).toMatchObject({ inspected: 12, closed: 12, left: 18 });
    expect(requests.reads).toBe(12);
  });

  it('counts requests, which go first', async () => {
    const n = await thirty();
    n.request([idOf(30), idOf(29)]);
    const { exitCode, counts, message } = await n.sweep({ limit: 1 });
    expect(exitCode).toBe(6);
    expect(message).toContain('The limit of 1 (--limit) is reached.');
    expect(counts).toMatchObject({ requested: 1, closed: 1, left: 29 });
    expect(n.requests(idOf(29))).toMatchObject([{ settledAt: null }]);
  });

  it('that is not reached is no reason to complain', async () => {
    const n = await thirty();
    expect((await n.sweep({ limit: 30 })).exitCode).toBe(0);
  });

  it('keeps a tenth for watching what ended lately', async () => {
    const n = await night({ conversations: numbers(40).map(stale) });
    await n.sweep({ maxCloses: 20 });
    await n.later(HOUR);
    const { counts } = await n.sweep({ limit: 10 });
    expect(counts).toMatchObject({ inspected: 10, closed: 9 });
  });
});

describe('a limit of time', () => {
  it('stops taking work when it is over, finishes what is in hand, and says what is left', async () => {
    const n = await thirty();
    n.when('read', null, () => n.park(1 * SECOND));
    const { exitCode, counts, run, message } = await n.sweep({ maxDurationMs: 5 * SECOND, concurrency: 2 });
    expect(exitCode).toBe(6);
    expect(counts.closed).toBeGreaterThanOrEqual(8);
    expect(counts.closed).toBeLessThanOrEqual(12);
    expect(counts.left).toBe(30 - counts.closed);
    expect(run.finishedAt - run.startedAt).toBeLessThanOrEqual(7 * SECOND);
    expect(message).toMatch(/time/);
    expect(n.agreement()).toEqual([]);
  });
});
