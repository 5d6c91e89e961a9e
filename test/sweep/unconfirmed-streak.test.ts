import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);

/** So many stale ones, of which a close ends only those that `ends` names. */
async function world(count: number, ends: (n: number) => boolean): Promise<Night> {
  // So slow that a few dozen are in hand when the first is known not to have ended.
  const n = await night({ conversations: numbers(count).map(stale), simulator: { latencyMs: [500, 500] } });
  for (const i of numbers(count)) if (!ends(i)) n.world.setCloseEffect(idOf(i), { kind: 'never' });
  return n;
}

describe('closes that are accepted and change nothing', () => {
  it('twenty times in a row stop the run with 8; what is in hand is verified, the rest is left', async () => {
    const n = await world(70, () => false);
    const { exitCode, run, counts, message } = await n.sweep({ concurrency: 1 });
    expect({ exitCode, state: run.state }).toEqual({ exitCode: 8, state: 'stopped' });
    expect(message).toContain('accepted 20 closes in a row and ended none');
    expect(counts).toMatchObject({ closed: 0, failed: 0, notAttempted: 0 });
    expect(counts.unconfirmed).toBeGreaterThanOrEqual(20);
    expect(counts.unconfirmed + counts.left).toBe(70);
    expect(counts.left).toBeGreaterThan(0);
    expect(n.store.ledger.intents()).toEqual([]);
    expect(n.agreement()).toEqual([]);
  });

  it('nineteen times are nineteen conversations', async () => {
    const n = await world(19, () => false);
    expect(await n.sweep()).toMatchObject({ exitCode: 3, counts: { unconfirmed: 19, left: 0 } });
  });

  it.each([
    ['in its answer', { kind: 'reply' }],
    ['a little later', { kind: 'delayed', ms: 8_000 }],
  ] as const)('with one in twenty that shows %s do not stop it', async (_, effect) => {
    const n = await world(60, (i) => i % 15 === 0);
    for (const i of numbers(60)) if (i % 15 === 0) n.world.setCloseEffect(idOf(i), effect);
    const { exitCode, counts } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(3);
    expect(counts).toMatchObject({ closed: 4, unconfirmed: 56, left: 0 });
  });

  it('once they take effect again are made up for by the next run', async () => {
    const n = await world(70, () => false);
    const first = await n.sweep({ concurrency: 1 });
    for (const i of numbers(70)) n.world.setCloseEffect(idOf(i), { kind: 'reply' });
    await n.later(HOUR);
    const second = await n.sweep();
    expect(second).toMatchObject({ exitCode: 0, counts: { closed: 70, left: 0 } });
    expect(first.counts.unconfirmed).toBeLessThan(70);
    expect(n.agreement()).toEqual([]);
  });
});
