import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { mappingOf, type Night, type NightOptions, night } from './night.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const parked = (n: number) => conversation(n, 'parked', 2 * DAY);
const ended = (n: number) => conversation(n, 'closed', 2 * DAY);
const fresh = (n: number) => conversation(n, 'waiting_in_queue', HOUR);
const surveysOf = (n: Night) => n.simulator.log.filter(({ route }) => route === 'survey').length;

/** Hundreds of conversations, without sockets: what counts here is which of them are taken in hand. */
const many = (options: NightOptions) => night({ ...options, wire: 'memory' });

/** The morning after all of these ended, and everybody came back; by then as many others are due. */
async function morningAfter(kind: typeof stale, count: number, due = 0): Promise<Night> {
  const n = await many({ conversations: numbers(1, count).map(kind) });
  await n.sweep({ survey: true });
  await n.later(HOUR);
  for (const i of numbers(1, count)) n.world.revive(idOf(i), n.clock.now());
  n.world.add(...numbers(901, 900 + due).map(parked));
  n.store.intake.putMappings(
    numbers(901, 900 + due)
      .map(parked)
      .map(mappingOf),
    'test',
    n.clock.now(),
  );
  return n;
}

describe('watching what ended lately', () => {
  it('takes a hundred reads at most on a quiet night, whoever had ended them', async () => {
    for (const kind of [stale, ended]) {
      const n = await morningAfter(kind, 110);
      const { counts, requests } = await n.sweep();
      expect({ inspected: counts.inspected, reads: requests.reads }).toEqual({ inspected: 100, reads: 100 });
    }
  });

  it('counts a call of the survey like a read', async () => {
    for (const kind of [stale, ended]) {
      const n = await morningAfter(kind, 110);
      const { requests } = await n.sweep({ survey: true });
      expect(requests).toMatchObject({ surveys: 1, reads: 99 });
    }
  });

  it('takes no more than a tenth of what is due when there is much of that', async () => {
    const n = await morningAfter(stale, 110, 20);
    expect((await n.sweep()).requests.reads).toBe(20 + 100);
  });

  it('has a tenth of the time to itself', async () => {
    const n = await morningAfter(stale, 1, 40);
    n.when('read', null, () => n.park(SECOND));
    const { exitCode, counts } = await n.sweep({ maxDurationMs: 20 * SECOND, concurrency: 1 });
    expect(exitCode).toBe(6);
    expect(counts.reopened).toBe(1);
    expect(counts.left).toBeGreaterThanOrEqual(20);
  });

  it('has a tenth of the limit to itself, whoever had ended it, and complains of no limit', async () => {
    const n = await morningAfter(ended, 2, 20);
    const { counts, message } = await n.sweep({ limit: 10 });
    expect(counts).toMatchObject({ inspected: 10, left: 11 });
    expect(n.story(idOf(1))).toHaveLength(2);
    expect(message).not.toContain('--limit');
  });

  it('asks no survey on a night that is refused', async () => {
    const n = await morningAfter(stale, 3);
    n.world.add(...numbers(1001, 1201).map(parked));
    for (let i = 0; i < 2; i++) await n.sweep();
    n.store.intake.putMappings(numbers(1001, 1201).map(parked).map(mappingOf), 'test', n.clock.now());
    const before = n.simulator.log.length;
    expect((await n.sweep({ survey: true })).exitCode).toBe(5);
    expect(n.simulator.log.slice(before).map(({ route }) => route)).toEqual(['token']);
  });
});

describe('a limit of looks', () => {
  it('asks no survey for more than that', async () => {
    const n = await many({ conversations: numbers(1, 30).map(ended) });
    const { counts, message } = await n.sweep({ survey: true, limit: 12 });
    expect(counts).toMatchObject({ alreadyClosed: 12, left: 18 });
    expect(surveysOf(n)).toBe(1);
    expect(message).toContain('run again for the rest');
  });

  it('of more than a page is used up', async () => {
    const n = await many({ conversations: numbers(1, 80).map(parked) });
    expect((await n.sweep({ limit: 60 })).counts).toMatchObject({ inspected: 60, kept: 60 });
  });

  it('is kept also where one page must be read and the next is settled by the survey', async () => {
    const older = numbers(1, 100).map((i) => conversation(i, 'parked', 3 * DAY));
    const n = await many({ conversations: [...older, ...numbers(101, 200).map(ended)] });
    const { counts } = await n.sweep({ survey: true, limit: 120 });
    expect(counts).toMatchObject({ kept: 100, alreadyClosed: 20 });
  });
});

describe('requests', () => {
  it('of more than two pages are all served', async () => {
    const n = await many({ conversations: numbers(1, 120).map(fresh) });
    n.request(numbers(1, 120).map(idOf));
    const { exitCode, counts } = await n.sweep({ onlyRequested: true });
    expect(exitCode).toBe(0);
    expect(counts).toMatchObject({ requested: 120, closed: 120, left: 0 });
  });

  it('for one that was only watched before are served in the same run', async () => {
    const n = await many({ conversations: [stale(1), stale(2)] });
    await n.sweep();
    await n.later(HOUR);
    n.when('read', idOf(2), () => void n.request([idOf(1)]));
    await n.sweep();
    expect(n.story(idOf(1)).at(-1)).toBe('already_closed/ended');
    expect(n.requests(idOf(1))).toMatchObject([{ outcome: 'already_closed' }]);
  });

  it('of others stay for their own run while a close serves its own', async () => {
    const n = await many({ conversations: [fresh(1), fresh(2)] });
    n.request([idOf(1)]);
    const { report } = await n.close([idOf(2)]);
    expect(report?.counts).toMatchObject({ requested: 1, closed: 1, left: 0 });
    expect(n.requests(idOf(1))).toMatchObject([{ settledAt: null }]);
    expect(n.account(idOf(1)).reads).toBe(0);
  });
});
