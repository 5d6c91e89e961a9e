import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '../../src/domain/time.ts';
import { mappingRows, population } from '../../src/simulator/population.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const reads = (n: Night) => n.simulator.log.filter(({ route }) => route === 'read').length;

describe('a rate limit', () => {
  it('of three seconds in a run of 200 pauses everybody and fails nobody', async () => {
    const n = await night({
      conversations: population(8, 200, START),
      mapping: mappingRows(8, 200, START),
    });
    n.when('read', null, (nth) => (nth === 57 ? { kind: '429', retryAfter: '3' } : null));
    const { exitCode, counts, requests } = await n.sweep();

    expect(exitCode).toBe(0);
    expect(requests.rateLimited).toBe(1);
    expect(counts).toMatchObject({ failed: 0, notAttempted: 0, left: 0 });
    const limited = n.simulator.log.find(({ status }) => status === 429);
    const after = n.simulator.log.filter(({ order }) => order > (limited?.order ?? 0));
    const paused = after.filter(({ at }) => at < (limited?.at ?? 0) + 3 * SECOND);
    // Those that were on their way when the answer came.
    expect(paused.length).toBeLessThan(10);
    expect(after.length - paused.length).toBeGreaterThan(100);
    expect(n.agreement()).toEqual([]);
  });

  it('of an hour stops the run at once with 8; it says how many are left, and the next one finishes', async () => {
    const n = await night({ conversations: numbers(60).map(stale) });
    n.when('read', null, (nth) => (nth > 20 ? { kind: '429', retryAfter: '3600' } : null));
    const first = await n.sweep();
    expect(first.exitCode).toBe(8);
    expect(first.run.state).toBe('stopped');
    expect(first.message).toContain('daily limit');
    expect(first.message).toContain(`${first.counts.left} left`);
    expect(first.counts.failed).toBe(0);
    expect(first.counts.left + first.counts.notAttempted + first.counts.closed).toBe(60);
    expect(first.counts.left).toBeGreaterThanOrEqual(30);
    expect(reads(n)).toBeLessThanOrEqual(30);
    expect(n.store.ledger.intents()).toEqual([]);

    n.calm();
    const second = await n.sweep();
    expect(second).toMatchObject({ exitCode: 0, counts: { left: 0, failed: 0 } });
    expect(first.counts.closed + second.counts.closed).toBe(60);
    expect(n.agreement()).toEqual([]);
  });
});

describe('a 403', () => {
  it('for all of the first ten ends the run with 4 and names the permission', async () => {
    const n = await night({
      conversations: numbers(60).map(stale),
      simulator: { missingPermissions: ['conversation:communication:view'] },
    });
    const { exitCode, message, counts, run } = await n.sweep();
    expect({ exitCode, state: run.state }).toEqual({ exitCode: 4, state: 'failed' });
    expect(message).toContain('forbids all of the first 10 conversations');
    expect(message).toContain('conversation:communication:view');
    expect(reads(n)).toBeLessThanOrEqual(20);
    expect(counts.left).toBeGreaterThanOrEqual(40);
  });

  it('for all of fewer than ten ends with 4 as well', async () => {
    const n = await night({
      conversations: numbers(3).map(stale),
      simulator: { missingPermissions: ['conversation:communication:view'] },
    });
    const { exitCode, message } = await n.sweep();
    expect(exitCode).toBe(4);
    expect(message).toContain('forbids all of the first 3 conversations');
  });

  it('for some only is the failure of those', async () => {
    const n = await night({ conversations: numbers(40).map(stale) });
    const forbidden = numbers(15).map((i) => idOf(i + 20));
    for (const id of forbidden) {
      n.when('read', id, () => ({ kind: 'reply', status: 403, body: '{"code":"not.authorized"}' }));
    }
    const { exitCode, counts } = await n.sweep();
    expect(exitCode).toBe(3);
    expect(counts).toMatchObject({ closed: 25, failed: 15, left: 0 });
    expect(n.outcomes(forbidden[0] ?? '')).toMatchObject([
      { outcome: 'failed', reason: 'inspect', httpStatus: 403, errorCode: 'not.authorized' },
    ]);
    expect(n.mapping(forbidden[0] ?? '')?.state).toBe('open');
    expect(n.agreement()).toEqual([]);
  });
});

describe('a remote side that is out of reach', () => {
  it('in mid-run ends the run with 8 rather than failing everything', async () => {
    const n = await night({ conversations: numbers(120).map(stale) });
    n.when('read', null, async (nth) => {
      if (nth === 30) await n.simulator.stop();
    });
    const first = await n.sweep();
    expect(first.exitCode).toBe(8);
    expect(first.message).toMatch(/has answered none of the last \d+ requests, for 1m.* cannot be reached/);
    expect(first.counts.failed).toBeLessThanOrEqual(10);
    expect(first.counts.left).toBeGreaterThanOrEqual(70);

    n.calm();
    await n.simulator.start(n.port);
    await n.later(DAY);
    const second = await n.sweep();
    expect(second).toMatchObject({ exitCode: 0, counts: { left: 0 } });
    expect(n.world.account().filter(({ status }) => status === 'active')).toEqual([]);
    expect(n.store.ledger.intents()).toEqual([]);
    expect(n.agreement()).toEqual([]);
  });

  it('from the beginning is an error with exit code 8, and nothing is recorded', async () => {
    const n = await night({ conversations: numbers(15).map(stale) });
    await n.simulator.stop();
    await expect(n.sweep()).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining('No token'),
    });
    expect(n.store.report.runs(10)).toEqual([]);
  });

  it('that refuses the credentials is an error with exit code 4, and nothing is recorded', async () => {
    const n = await night({
      conversations: numbers(15).map(stale),
      simulator: { clientSecret: 'another' },
    });
    await expect(n.sweep()).rejects.toMatchObject({ exitCode: 4 });
    expect(n.store.report.runs(10)).toEqual([]);
    expect(n.lease.acquire(), 'the lease is free').not.toBeNull();
  });
});

describe('a reply that is not understood', () => {
  it.each([
    ['is not JSON', 'failed/inspect', 3, { kind: 'reply', status: 200, body: '<html>' }],
    ['is another shape', 'kept/unreadable', 0, { kind: 'reply', status: 200, body: '{"participants":3}' }],
    ['has nobody in it', 'kept/unreadable', 0, { kind: 'reply', status: 200, body: '{"participants":[]}' }],
    ['is empty', 'failed/inspect', 3, 'empty_body'],
    ['is cut off', 'failed/inspect', 3, 'truncated_json'],
  ] as const)('because it %s is never a reason to close: %s', async (_, outcome, exitCode, fault) => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('read', idOf(1), () => fault);
    expect((await n.sweep()).exitCode).toBe(exitCode);
    expect(n.story(idOf(1))).toEqual([outcome]);
    expect(n.mapping(idOf(1))?.state).toBe('open');
    expect(n.account(idOf(1)).patches).toBe(0);
  });
});
