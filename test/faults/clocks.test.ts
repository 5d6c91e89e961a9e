import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from '../sweep/night.ts';

const ID = idOf(1);
const stale = () => conversation(1, 'agent_customer_silent', 2 * DAY);
const minutes = (...all: number[]) => all.map((one) => one * MINUTE);

/** A night with one conversation on a remote side whose whole clock is ahead by so much. */
const apart = (clockSkewMs: number, simulator: Partial<SimulatorOptions> = {}) =>
  night({ conversations: [stale()], simulator: { clockSkewMs, ...simulator } });

/** Nobody can be asked what became of a close: its intent stays. */
async function leaveIntent(n: Night, patch: 'reset_before' | 'reset_after'): Promise<void> {
  n.when('close', ID, () => patch);
  n.when('read', ID, (nth) => (nth > 1 ? '503' : null));
  await n.sweep();
  expect(n.store.ledger.intents()).toHaveLength(1);
  expect(n.outcomes(ID)).toEqual([]);
  n.calm();
}

describe.each(minutes(2, -2, 4, -4))('a remote clock that is %i ms ahead', (skewMs) => {
  it.each<[what: string, Partial<SimulatorOptions>]>([
    ['its answer', {}],
    ['a read', { closeEffect: { kind: 'delayed', ms: 500 } }],
  ])('does not hide from us that a close proven by %s was ours', async (_, simulator) => {
    const n = await apart(skewMs, simulator);
    const { exitCode, counts, run } = await n.sweep();
    expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 0, closed: 1 });
    const [outcome] = n.outcomes(ID);
    expect(outcome).toMatchObject({ outcome: 'closed', reason: 'stale' });
    expect(outcome?.closedAt).toBeGreaterThanOrEqual(run.startedAt - SECOND);
    expect(outcome?.closedAt).toBeLessThanOrEqual(run.finishedAt + SECOND);
    expect(n.agreement()).toEqual([]);
  });

  it('lets a close whose answer was lost be told from an end of its own', async () => {
    const n = await apart(skewMs);
    n.when('close', ID, () => 'reset_after');
    await n.sweep();
    expect(n.story(ID)).toEqual(['closed/stale']);

    const other = await apart(skewMs);
    other.when('close', ID, () => {
      other.world.endByItself(ID, other.clock.now() + skewMs - 2 * MINUTE);
      return 'reset_before';
    });
    await other.sweep();
    expect(other.story(ID)).toEqual(['already_closed/ended']);
    expect(other.agreement()).toEqual([]);
  });

  it('lets a late close be confirmed', async () => {
    const n = await apart(skewMs, { closeEffect: { kind: 'delayed', ms: MINUTE } });
    await n.sweep();
    await n.later(HOUR);
    await n.sweep();
    expect(n.story(ID)).toEqual(['unconfirmed/stale', 'closed/confirmed_late']);
    expect(n.agreement()).toEqual([]);
  });
});

describe.each(minutes(2, -2, 4, -4, 20, -20))('a remote clock that is %i ms ahead', (skewMs) => {
  it.each([
    [-10 * SECOND, 'closed/requested'],
    [10 * SECOND, 'kept/active_since_request'],
  ])('does not mistake who wrote %i ms after a request for somebody else', async (afterMs, expected) => {
    const n = await apart(skewMs);
    n.clock.jump(MINUTE);
    n.request([ID]);
    n.world.touch(ID, 'customer', n.clock.now() + skewMs + afterMs);
    n.clock.jump(20 * SECOND);
    await n.sweep({ onlyRequested: true });
    // Of a clock that is ahead nobody can tell whether it or its `Date` is wrong: then nothing counts as older.
    const safe = skewMs > 0 ? 'kept/active_since_request' : expected;
    expect(n.story(ID)).toEqual([safe]);
    expect(n.account(ID).patches).toBe(safe.startsWith('kept') ? 0 : 1);
    expect(n.agreement()).toEqual([]);
  });

  it('lets an interrupted close be told from an end of its own', async () => {
    const n = await apart(skewMs);
    n.request([ID]);
    await leaveIntent(n, 'reset_after');
    await n.later(HOUR);
    await n.sweep();
    expect(n.story(ID)).toEqual(['closed/requested']);
    expect(n.agreement()).toEqual([]);

    const other = await apart(skewMs);
    other.request([ID]);
    await leaveIntent(other, 'reset_before');
    const [intent] = other.store.ledger.intents();
    other.world.endByItself(ID, (intent?.intendedAt ?? 0) + skewMs - 2 * MINUTE);
    await other.later(HOUR);
    await other.sweep();
    expect(other.story(ID)).toEqual(['already_closed/ended']);
    expect(other.agreement()).toEqual([]);
  });

  it('does not let the survey take a session that began after an end for one that it ended', async () => {
    const n = await night({
      conversations: [conversation(1, 'abandoned', 2 * DAY), conversation(2, 'abandoned', 3 * DAY)],
      mapping: [1, 2].map((i) => ({
        conversationId: idOf(i),
        sessionId: `s${i}`,
        userId: null,
        // The first began a minute after its conversation had ended, the second a minute before.
        startedAt: beginning(skewMs) - (i === 1 ? 2 * DAY - MINUTE : 3 * DAY + MINUTE),
        lastActivityAt: null,
      })),
      simulator: { clockSkewMs: skewMs },
    });
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ surveyed: 2, alreadyClosed: 2, inspected: 1 });
    expect(n.outcomes(idOf(2))[0]?.detail).toMatch(/^by analytics/);
    expect(n.outcomes(idOf(1))[0]?.detail).not.toMatch(/^by analytics/);
  });
});

describe('a remote clock that is more than five minutes off', () => {
  it.each(minutes(20, -20))('closes nothing by policy (%i ms ahead)', async (skewMs) => {
    const n = await apart(skewMs);
    const { exitCode, message } = await n.sweep();
    expect(exitCode).toBe(5);
    expect(message).toMatch(/This machine's clock is 20m (behind|ahead of) Genesys's/);
    expect(n.account(ID).patches).toBe(0);
  });
});

/** When the conversations of the world were made, on our clock. */
function beginning(skewMs: number): number {
  return Date.UTC(2026, 0, 15, 2, 0, 0) - skewMs;
}
