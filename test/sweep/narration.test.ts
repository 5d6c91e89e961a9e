import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import type { Progress } from '../../src/sweep/context.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const ended = (n: number) => conversation(n, 'closed', 2 * DAY);

/** Three that are due, and one that is not. */
const someWork = () =>
  night({
    conversations: [stale(1), ended(2), conversation(3, 'parked', 2 * DAY), conversation(4, 'parked', HOUR)],
  });

async function watched(n: Night, sweep: (onProgress: (progress: Progress) => void) => Promise<unknown>) {
  const seen: Progress[] = [];
  await sweep((progress) => seen.push({ ...progress, counts: { ...progress.counts } }));
  expect(seen.length).toBeGreaterThan(0);
  return { n, seen };
}

describe('the progress of a run', () => {
  it('goes through its phases, each with what there is to do, and counts everything that was looked at', async () => {
    const there = await someWork();
    there.request([idOf(4)]);
    const { seen } = await watched(there, (onProgress) => there.sweep({ concurrency: 1 }, { onProgress }));
    expect(seen.map(({ phase, done, total }) => `${phase} ${done} of ${total}`)).toEqual([
      'recovering 0 of 0',
      'requests 0 of 1',
      'requests 1 of 1',
      'sweeping 1 of 4',
      'sweeping 2 of 4',
      'sweeping 3 of 4',
      'sweeping 4 of 4',
      'watching 4 of 4',
    ]);
    expect(seen.at(-1)?.counts).toMatchObject({ closed: 2, alreadyClosed: 1, kept: 1 });
  });

  it('is limited by what the run may look at', async () => {
    const there = await someWork();
    const { seen } = await watched(there, (onProgress) => there.dryRun({ limit: 2 }, { onProgress }));
    expect(seen.map(({ phase, total }) => `${phase} ${total}`)).toContain('sweeping 2');
  });

  it('tells how long everybody waits for the rate limit', async () => {
    const there = await someWork();
    let begun = () => {};
    const other = new Promise<void>((resolve) => {
      begun = resolve;
    });
    there.when('read', idOf(1), async (nth) => {
      if (nth > 1) return null;
      await other;
      return { kind: '429', retryAfter: '30' };
    });
    there.when('read', idOf(2), () => {
      begun();
      return there.park(SECOND);
    });
    const { seen } = await watched(there, (onProgress) => there.sweep({}, { onProgress }));
    const waits = seen.map(({ waitingMs }) => waitingMs);
    expect(Math.max(...waits)).toBe(29 * SECOND);
    expect(waits.at(-1)).toBe(0);
  });

  it('tells how many intents are to be recovered, and how many requests are to be served', async () => {
    const there = await someWork();
    there.when('close', null, () => 'reset_after');
    there.when('read', idOf(1), (nth) => (nth > 1 ? '503' : null));
    await there.sweep();
    there.calm();
    await there.later(HOUR);
    const { seen } = await watched(there, (onProgress) => there.close([idOf(4)], {}, { onProgress }));
    expect(seen.map(({ phase, total }) => `${phase} ${total}`)).toContain('recovering 1');
    expect(seen.map(({ phase, total }) => `${phase} ${total}`)).toContain('requests 1');
  });
});
