import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import { mappingRows, population } from '../../src/simulator/population.ts';
import type { ConversationKind } from '../../src/simulator/record.ts';
import { START } from '../helpers/virtual-clock.ts';
import { night } from './night.ts';

const ENDED: readonly ConversationKind[] = ['closed', 'abandoned'];
/** What nobody comes back to once it is old enough, as the platform contract shows it. */
const STALE: readonly ConversationKind[] = [
  'waiting_in_queue',
  'with_bot',
  'agent_customer_silent',
  'after_call_work',
  'never_wrote',
];

/** What must be recorded of each due conversation, worked out from how the population was made. */
function expectedOf(seed: number, size: number): Map<string, string> {
  const expected = new Map<string, string>();
  const mapping = new Map(mappingRows(seed, size, START).map((row) => [row.conversationId, row]));
  for (const { id, kind, participants } of population(seed, size, START)) {
    const row = mapping.get(id);
    const own = row?.lastActivityAt ?? row?.startedAt ?? 0;
    const last = Math.max(
      ...participants.flatMap(({ startedAt, messageTimes }) => [startedAt, ...messageTimes]),
    );
    if (own >= START - DAY) continue;
    const stale = STALE.includes(kind) && last <= START - DAY;
    expected.set(id, ENDED.includes(kind) ? 'already_closed' : stale ? 'closed' : 'kept');
  }
  return expected;
}

function nightOf(seed: number, size: number, contract: 'platform' | 'gateway') {
  const mapping = mappingRows(seed, size, START);
  return night({ contract, conversations: population(seed, size, START), mapping });
}

describe('after a sweep both sides agree, conversation by conversation', () => {
  it.each([1, 2, 3])('in the platform contract, for the population of seed %i', async (seed) => {
    const n = await nightOf(seed, 100, 'platform');
    const { run, exitCode, counts } = await n.sweep();

    expect(n.agreement()).toEqual([]);
    expect(n.store.ledger.intents()).toEqual([]);
    expect({ exitCode, left: counts.left }).toEqual({ exitCode: 0, left: 0 });
    const recorded = n.recorded(run.id).map(({ conversationId, outcome }) => [conversationId, outcome]);
    const expected = expectedOf(seed, 100);
    expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(expected));
    for (const { id, patches } of n.world.account()) {
      const outcome = expected.get(id);
      const state = outcome === 'closed' || outcome === 'already_closed' ? 'closed' : 'open';
      expect({ id, patches, state: n.mapping(id)?.state }).toEqual({
        id,
        patches: outcome === 'closed' ? 1 : 0,
        state,
      });
    }
  });

  it.each([1, 2, 3])('in the gateway contract, for the population of seed %i', async (seed) => {
    const n = await nightOf(seed, 100, 'gateway');
    const { counts, exitCode, keptReasons } = await n.sweep();

    expect(n.agreement()).toEqual([]);
    expect(n.store.ledger.intents()).toEqual([]);
    expect({ exitCode, left: counts.left }).toEqual({ exitCode: 0, left: 0 });
    expect(counts.closed).toBeGreaterThan(10);
    expect(counts.alreadyClosed).toBeGreaterThan(10);
    expect(keptReasons).toEqual({ unknown_activity: counts.kept });
    expect(counts.kept).toBeGreaterThan(1);
    expect(counts.closed + counts.alreadyClosed + counts.kept).toBe(counts.candidates);
  });

  it('and another sweep right after it finds nothing more to close', async () => {
    const n = await nightOf(4, 60, 'platform');
    await n.sweep();
    const closes = () => n.simulator.log.filter(({ route }) => route === 'close').length;
    const before = closes();
    const again = await n.sweep();

    expect(before).toBeGreaterThan(5);
    expect({ exitCode: again.exitCode, closed: again.counts.closed, closes: closes() }).toEqual({
      exitCode: 0,
      closed: 0,
      closes: before,
    });
    expect(n.agreement()).toEqual([]);
  });
});

describe('a sweep spends few requests', () => {
  it('on 200 conversations: one read for each, one close for each that needs it, one token', async () => {
    const n = await nightOf(5, 200, 'platform');
    const { counts, requests } = await n.sweep();

    const { candidates, closed } = counts;
    expect(candidates).toBeGreaterThan(150);
    expect(n.world.account().filter(({ reads, patches }) => reads > 1 || patches > 1)).toEqual([]);
    expect(requests).toEqual({
      total: 1 + candidates + closed,
      reads: candidates,
      closes: closed,
      surveys: 0,
      tokens: 1,
      rateLimited: 0,
      retried: 0,
    });
    expect(n.simulator.log).toHaveLength(requests.total);
  });
});
