import { describe, expect, it } from 'vitest';
import { ApiError, UnavailableError } from '../../src/domain/errors.ts';
import { MINUTE } from '../../src/domain/time.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { CONTRACTS, context, errorOf, ID, type UnderTest, underTest } from './under-test.ts';

const MANY = Array.from({ length: 40 }, (_, i) => i + 1);
const many = () => MANY.map((n) => conversation(n, 'agent_customer_silent'));

const limited429 = (retryAfter: string): Fault => ({ kind: '429', retryAfter });
const allRequests = ({ simulator }: UnderTest) => simulator.log.map(({ at }) => Math.floor(at - START));
const readsAt = ({ requests }: UnderTest) => requests('read').map(({ at }) => at - START);

describe.each(CONTRACTS)('over the %s contract, a 429', (contract) => {
  const start = () => underTest({ client: { contract }, simulator: { conversations: many() } });

  it('with Retry-After 3 keeps everybody from sending for 3 s, and then all succeed', async () => {
    const there = await start();
    const { client, requests } = there;
    there.failNext('read', null, null, null, null, limited429('3'));
    const contexts = MANY.map(() => context());
    const read = await Promise.all(
      MANY.map((n, i) => client.conversations.read(idOf(n), contexts[i] ?? context())),
    );
    expect(read.map((one) => one?.status)).toEqual(MANY.map(() => 'active'));
    const times = allRequests(there);
    // Those that were in flight when it came had left already; none after.
    expect(times.filter((at) => at > 0 && at < 3_000)).toEqual([]);
    expect(times.filter((at) => at === 0).length).toBeLessThanOrEqual(1 + 5 + 10);
    expect(requests('read').filter(({ status }) => status === 429)).toHaveLength(1);
    expect(requests('read')).toHaveLength(MANY.length + 1);
    expect(client.remote.figures()).toMatchObject({ rateLimited: 1, retried: 1, reads: MANY.length + 1 });
    expect(contexts.map(({ trace }) => trace.requests).sort()).toEqual([...MANY.slice(1).map(() => 1), 2]);
  });

  it('stops reads, closes and questions about the account alike', async () => {
    const there = await start();
    const { client } = there;
    await client.conversations.read(idOf(1), context());
    there.failNext('read', limited429('30'));
    const all = [client.conversations.read(idOf(2), context())];
    await untilPaused(there);
    expect(client.remote.waitingMs()).toBe(30_000);
    const closing = client.conversations.close(idOf(3), context());
    const asking = client.remote.organization(new AbortController().signal);
    await Promise.all([...all, closing, asking]);
    expect(there.requests('close').map(({ at }) => at)).toEqual([START + 30_000]);
    expect(there.requests('organization').map(({ at }) => at)).toEqual([START + 30_000]);
    expect(client.remote.waitingMs()).toBe(0);
  });

  it.each<[what: string, fault: Fault, waitMs: number]>([
    ['0', limited429('0'), 0],
    ['an HTTP date', limited429(new Date(START + 7_000).toUTCString()), 7_000],
    ['180, the longest', limited429('180'), 180_000],
    // The simulator's window of 60 s began with the first read.
    ['nothing readable, so until the window ends', limited429('soon'), 60_000],
    [
      'nothing at all, and no limit told',
      { kind: 'reply', status: 429, headers: noLimit(), body: '' },
      1_000,
    ],
  ])('with Retry-After %s', async (_, fault, waitMs) => {
    const there = await start();
    there.failNext('read', null, fault);
    await there.client.conversations.read(idOf(1), context());
    await there.client.conversations.read(idOf(2), context());
    expect(readsAt(there)).toEqual([0, 0, waitMs]);
  });

  it('with Retry-After is waited out as long as that says, not until the window ends', async () => {
    const there = await start();
    const headers = {
      'retry-after': '3',
      'inin-ratelimit-count': '301',
      'inin-ratelimit-allowed': '300',
      'inin-ratelimit-reset': '50',
    };
    there.failNext('read', { kind: 'reply', status: 429, headers, body: '' });
    await there.client.conversations.read(ID, context());
    expect(readsAt(there)).toEqual([0, 3_000]);
  });

  it('without a word on how long doubles the wait, up to a minute', async () => {
    const there = await start();
    const silent: Fault = { kind: 'reply', status: 429, headers: noLimit(), body: '' };
    there.failNext('read', ...Array(9).fill(silent));
    await there.client.conversations.read(ID, context());
    const times = readsAt(there);
    const waits = times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / 1_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('that never ends fails this one, after a bounded number of tries', async () => {
    const there = await start();
    there.failAlways('read', limited429('1'));
    const error = await errorOf(there.client.conversations.read(ID, context()));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      failure: 'rate_limited',
      status: 429,
      code: 'too.many.requests.retry.after',
    });
    expect(readsAt(there)).toEqual(Array.from({ length: 31 }, (_, i) => i * 1_000));
    there.failAlways('read', null);
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
  });

  it('does not use up the patience for real trouble', async () => {
    const there = await start();
    there.failNext(
      'read',
      limited429('1'),
      '503',
      limited429('1'),
      limited429('1'),
      limited429('1'),
      '503',
      '503',
    );
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
    expect(readsAt(there)).toHaveLength(8);
  });

  it.each(['read', 'close'] as const)('of a %s with Retry-After 3600 ends the run at once', async (route) => {
    const there = await start();
    there.failNext(route, limited429('3600'));
    const error = await errorOf(there.client.conversations[route](ID, context()));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain('asks to wait 1h');
    expect(there.clock.now()).toBe(START);
    expect(there.requests(route)).toHaveLength(1);
    expect(there.client.remote.waitingMs()).toBe(0);
    expect(there.simulator.world.account()[0]?.effectivePatches).toBe(0);
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
  });
});

describe('a window that is used up', () => {
  const limited = (allowed: number, windowMs: number) =>
    underTest({ simulator: { conversations: many(), rateLimit: { allowed, windowMs } } });

  it('is waited out before a 429 says so, and used to its end', async () => {
    const there = await limited(50, MINUTE);
    for (const n of Array.from({ length: 120 }, (_, i) => i)) {
      await there.client.conversations.read(idOf((n % 40) + 1), context());
    }
    expect(there.client.remote.figures()).toMatchObject({ rateLimited: 0, total: 121 });
    const inWindow = (nth: number) =>
      readsAt(there).filter((at) => at >= nth * 61_000 && at < (nth + 1) * 61_000).length;
    expect([inWindow(0), inWindow(1)].every((n) => n >= 49 && n <= 50)).toBe(true);
  });

  it('is not waited for when it lasts longer than a pause may: the 429 that follows ends the run', async () => {
    const there = await limited(2, 60 * MINUTE);
    await there.client.conversations.read(idOf(1), context());
    await there.client.conversations.read(idOf(2), context());
    const error = await errorOf(there.client.conversations.read(idOf(3), context()));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(readsAt(there)).toHaveLength(3);
  });

  it('is not prolonged by a later reply that tells nothing about the limit', async () => {
    const there = await limited(2, MINUTE);
    await there.client.conversations.read(idOf(1), context());
    await there.client.conversations.read(idOf(2), context());
    there.failNext('read', { kind: 'reply', status: 502, headers: noLimit(), body: '<html>' });
    await there.client.conversations.read(idOf(3), context());
    const [, , failed = 0, repeated = 0] = readsAt(there);
    expect(failed).toBeGreaterThanOrEqual(MINUTE);
    // The back-off of a 502, and at most the spacing of the new window.
    expect(repeated - failed).toBeLessThanOrEqual(MINUTE / 2 + 1_000);
  });
});

/** Headers of a reply from which nothing about the limit can be read. */
function noLimit(): Record<string, string> {
  return { 'inin-ratelimit-count': '', 'inin-ratelimit-allowed': '', 'inin-ratelimit-reset': '' };
}

async function untilPaused({ client }: UnderTest): Promise<void> {
  while (client.remote.waitingMs() === 0) await new Promise((resolve) => setImmediate(resolve));
}
