import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '../../src/domain/time.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from '../sweep/night.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const ALL = 60;
const BEFORE = 20;

/** A night of many, in which the remote side goes away with its 20th request. */
async function nightWithOutage(fault: Fault | null, forMs: number): Promise<Night & { began: () => number }> {
  const n = await night({ conversations: numbers(ALL).map(stale) });
  let seen = 0;
  let began = 0;
  for (const route of ['read', 'close'] as const) {
    n.when(route, null, async () => {
      if (++seen === BEFORE) {
        began = n.clock.now();
        if (fault === null) {
          if (forMs < DAY) n.clock.sleep(forMs).then(() => n.simulator.start(n.port));
          await n.simulator.stop();
        }
      }
      return seen >= BEFORE && n.clock.now() < began + forMs ? fault : null;
    });
  }
  return { ...n, began: () => began };
}

/** Every conversation is closed in the end, once, and nothing is left over. */
async function expectNextToFinish(n: Night): Promise<void> {
  n.calm();
  const { exitCode, counts } = await n.sweep();
  expect({ exitCode, failed: counts.failed, left: counts.left }).toEqual({ exitCode: 0, failed: 0, left: 0 });
  expect(n.world.account().filter(({ effectivePatches }) => effectivePatches !== 1)).toEqual([]);
  expect(n.store.ledger.intents()).toEqual([]);
  expect(n.agreement()).toEqual([]);
}

describe.each<[what: string, Fault | null]>([
  ['nobody listening', null],
  ['503', '503'],
])('an outage with %s', (_, fault) => {
  it.each([15, 40])('of %i s fails a handful at most, and the run goes on to its end', async (seconds) => {
    const n = await nightWithOutage(fault, seconds * SECOND);
    const { exitCode, counts } = await n.sweep();
    expect([0, 3]).toContain(exitCode);
    expect(counts.left).toBe(0);
    expect(counts.failed + counts.unconfirmed + n.store.ledger.intents().length).toBeLessThanOrEqual(5);
    expect(counts.closed).toBeGreaterThanOrEqual(ALL - 5);
    await expectNextToFinish(n);
  });

  it('that stays ends the run with 8 after a minute, some tens of requests and few conversations', async () => {
    const n = await nightWithOutage(fault, DAY);
    const { exitCode, counts, message, run, requests } = await n.sweep();
    expect(exitCode).toBe(8);
    expect(message).toMatch(/has answered none of the last \d\d requests, for 1m/);
    const lasted = run.finishedAt - n.began();
    expect(lasted).toBeGreaterThanOrEqual(60 * SECOND);
    expect(lasted).toBeLessThanOrEqual(75 * SECOND);
    expect(requests.reads + requests.closes).toBeLessThanOrEqual(BEFORE + 50);
    expect(counts.failed).toBeLessThanOrEqual(10);
    expect(counts.left).toBeGreaterThanOrEqual(ALL / 2);
    await n.simulator.stop();
    await n.simulator.start(n.port);
    await expectNextToFinish(n);
  });
});

describe('an outage that begins after closes were carried out, before their answers came', () => {
  it('leaves their intents, and the next run records what it was', async () => {
    const n = await night({ conversations: numbers(40).map(stale) });
    let isOut = false;
    n.when('close', null, (nth) => {
      isOut ||= nth === 5;
      return isOut ? 'reset_after' : null;
    });
    n.when('read', null, () => (isOut ? '503' : null));
    const { exitCode, counts, run } = await n.sweep();
    expect(exitCode).toBe(8);
    const carriedOut = n.world.account().filter(({ effectivePatches }) => effectivePatches === 1);
    const intents = n.store.ledger.intents().map(({ conversationId }) => conversationId);
    expect(intents.length).toBeGreaterThan(0);
    expect(carriedOut).toHaveLength(counts.closed + intents.length);
    for (const { conversationId, outcome } of n.recorded(run.id)) {
      if (outcome !== 'closed') expect(n.account(conversationId).patches).toBe(0);
    }
    await expectNextToFinish(n);
  });
});

describe('an outage in which every attempt waits for its time-out', () => {
  it('ends the run with 8 as well, and fails a handful at most', async () => {
    const n = await night({ conversations: numbers(20).map(stale) });
    n.when('read', null, async (nth) => {
      if (nth <= 5) return null;
      await n.park(DAY);
      return 'reset_before';
    });
    const { exitCode, counts, run } = await n.sweep();
    expect(exitCode).toBe(8);
    expect(counts.failed).toBeLessThanOrEqual(5);
    // Each of the few in hand takes 15 s for an attempt, so that twenty of them last longer than a minute.
    expect(run.finishedAt - run.startedAt).toBeLessThanOrEqual(120 * SECOND);
  });
});

describe('a conversation that is sick', () => {
  it.each<Fault>(['503', 'reset_before', 'html_200'])(
    'with %s among healthy ones fails, and the others are closed',
    async (fault) => {
      const n = await night({ conversations: numbers(20).map(stale) });
      n.when('read', idOf(7), () => fault);
      const { exitCode, counts } = await n.sweep();
      expect({ exitCode, failed: counts.failed, closed: counts.closed }).toEqual({
        exitCode: 3,
        failed: 1,
        closed: 19,
      });
    },
  );

  it('and asked for all by itself fails as well: one conversation is no reason to call off a run', async () => {
    const n = await night({ conversations: [stale(1)] });
    n.when('read', idOf(1), () => '503');
    const { report } = await n.close([idOf(1)]);
    expect(report?.exitCode).toBe(3);
    expect(n.story(idOf(1))).toEqual(['failed/inspect']);
  });
});
