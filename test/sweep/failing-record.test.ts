import diagnostics from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { conversation } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 3 * DAY);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const FAILS = 'the disk is full';

/** From now on the database takes no such row. */
function refuse(n: Night, table: 'intents' | 'outcomes', which = '1'): void {
  n.user.exec(`
    CREATE TRIGGER refuse BEFORE INSERT ON ${table} WHEN ${which} BEGIN SELECT RAISE(ABORT, '${FAILS}'); END`);
}

/** How many closes have been sent after a write failed for the first time; null: none has failed. */
function closesAfterFailure(n: Night): () => number | null {
  let after: number | null = null;
  const count = (message: unknown) => {
    const { method } = (message as { request: { method: string } }).request;
    if (method === 'PATCH' && after !== null) after++;
  };
  diagnostics.subscribe('undici:request:create', count);
  onTestFinished(() => void diagnostics.unsubscribe('undici:request:create', count));
  for (const method of ['intend', 'record', 'recordAll'] as const) {
    const real = n.store.ledger[method] as (...args: unknown[]) => unknown;
    vi.spyOn(n.store.ledger, method).mockImplementation((...args: unknown[]) => {
      try {
        return real(...args) as never;
      } catch (error) {
        after ??= 0;
        throw error;
      }
    });
  }
  return () => after;
}

async function nextNightSettles(n: Night, total: number): Promise<void> {
  n.user.exec('DROP TRIGGER refuse');
  n.calm();
  await n.later(HOUR);
  expect(await n.sweep()).toMatchObject({ exitCode: 0, counts: { left: 0 } });
  expect(n.world.account().filter(({ status }) => status !== 'active')).toHaveLength(total);
  expect(n.world.account().filter(({ effectivePatches }) => effectivePatches > 1)).toEqual([]);
  expect(n.store.ledger.intents()).toEqual([]);
  expect(n.agreement()).toEqual([]);
}

/** Answers come in another order than the requests, so that some are at every stage. */
const simulator = { latencyMs: [100, 3_000] } as const;

describe('a run whose record fails', () => {
  // All are in hand, and the run waits for nothing but their end.
  it.each(['intents', 'outcomes'] as const)('at a row of %s sends no close after that', async (table) => {
    const n = await night({ conversations: numbers(10).map(stale), simulator });
    const closes = closesAfterFailure(n);
    n.when('close', null, (nth) => {
      if (nth === 3) refuse(n, table);
    });
    await expect(n.sweep()).rejects.toMatchObject({ exitCode: 9, message: expect.stringContaining(FAILS) });
    expect(closes()).toBe(0);
    expect(n.store.report.runs(1)).toMatchObject([{ state: 'failed', exitCode: 9 }]);
    await nextNightSettles(n, 10);
  });

  it('while it waits for ends to show leaves those to the next', async () => {
    const closeEffect = { kind: 'delayed', ms: 12_000 } as const;
    const n = await night({ conversations: numbers(40).map(stale), simulator: { closeEffect } });
    const closes = closesAfterFailure(n);
    n.when('close', null, (nth) => {
      if (nth === 20) refuse(n, 'intents');
    });
    await expect(n.sweep()).rejects.toMatchObject({ exitCode: 9 });
    expect(closes()).toBe(0);
    expect(n.store.ledger.intents()).not.toEqual([]);
    await nextNightSettles(n, 40);
  });

  it('where the survey settles the next page does not go on with the page in hand', async () => {
    const ended = numbers(100).map((i) => conversation(i + 100, 'closed', 1.5 * DAY));
    const n = await night({ conversations: [...numbers(100).map(stale), ...ended] });
    const closes = closesAfterFailure(n);
    n.when('survey', null, (nth) => {
      if (nth === 2) refuse(n, 'outcomes', "NEW.outcome = 'already_closed'");
    });
    await expect(n.sweep({ survey: true })).rejects.toMatchObject({ exitCode: 9 });
    expect(closes()).toBe(0);
    await nextNightSettles(n, 200);
  });

  it('and cannot even say so leaves that to the next run', async () => {
    const n = await night({ conversations: [stale(1)] });
    refuse(n, 'outcomes');
    n.user.exec(`CREATE TRIGGER refuse_more BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'no more'); END`);
    await expect(n.sweep()).rejects.toMatchObject({ exitCode: 9, message: expect.stringContaining(FAILS) });
    expect(n.notes).toContainEqual(
      expect.stringMatching('could not be marked as failed; the next run marks it as interrupted.*no more'),
    );
    expect(n.store.report.run(1)).toMatchObject({ state: 'running' });
    n.user.exec('DROP TRIGGER refuse_more');
    await nextNightSettles(n, 1);
    expect(n.store.report.run(1)).toMatchObject({ state: 'interrupted' });
  });
});
