import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { inShort, type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** What a person at the terminal can do, once or twice. */
function interrupts() {
  const stop = new AbortController();
  const abort = new AbortController();
  return {
    signals: { stop: stop.signal, abort: abort.signal },
    stop: (exitCode: 130 | 143 = 130) => stop.abort(exitCode),
    abort: () => {
      stop.abort(130);
      abort.abort();
    },
  };
}

async function nextNightFinishes(n: Night, total: number) {
  n.calm();
  await n.later(HOUR);
  expect(await n.sweep()).toMatchObject({ exitCode: 0, counts: { left: 0 } });
  expect(n.world.account().filter(({ status }) => status !== 'active')).toHaveLength(total);
  expect(n.world.account().filter(({ effectivePatches }) => effectivePatches !== 1)).toEqual([]);
  expect(n.store.ledger.intents()).toEqual([]);
  expect(n.agreement()).toEqual([]);
}

describe('a run that is stopped', () => {
  it.each([130, 143] as const)('finishes what is in hand and ends with %i', async (code) => {
    const n = await night({ conversations: numbers(40).map(stale) });
    const person = interrupts();
    n.when('read', null, (nth) => {
      if (nth === 15) person.stop(code);
    });
    const { exitCode, run, counts, message } = await n.sweep({}, person.signals);

    expect({ exitCode, state: run.state }).toEqual({ exitCode: code, state: 'interrupted' });
    expect(message).toContain('Interrupted; run again to go on.');
    expect(counts.closed).toBeGreaterThanOrEqual(15);
    expect(counts.closed).toBeLessThanOrEqual(25);
    expect(counts).toMatchObject({ notAttempted: 0, failed: 0, left: 40 - counts.closed });
    expect(n.store.ledger.intents()).toEqual([]);
    expect(n.agreement()).toEqual([]);
    await nextNightFinishes(n, 40);
  });

  it('in the middle of a recovery reads nothing further', async () => {
    const n = await night({
      conversations: numbers(12).map(stale),
      simulator: { closeEffect: { kind: 'delayed', ms: 10 * SECOND } },
    });
    await n.sweep({ maxDurationMs: 2 * SECOND, graceMs: 0 });
    const intents = n.store.ledger.intents().length;
    expect(intents).toBeGreaterThan(5);
    await n.later(HOUR);
    const person = interrupts();
    n.when('read', null, (nth) => {
      if (nth === 1) person.stop();
    });
    const { counts, requests } = await n.sweep({ concurrency: 1 }, person.signals);
    expect({ recovered: counts.recovered, reads: requests.reads }).toEqual({ recovered: 1, reads: 1 });
    expect(n.store.ledger.intents()).toHaveLength(intents - 1);
    await nextNightFinishes(n, 12);
  });

  it('waits for the closes that it has begun to show', async () => {
    const n = await night({
      conversations: numbers(20).map(stale),
      simulator: { closeEffect: { kind: 'delayed', ms: 6 * SECOND } },
    });
    const person = interrupts();
    n.when('close', null, (nth) => {
      if (nth === 5) person.stop();
    });
    const { exitCode, counts } = await n.sweep({ concurrency: 3 }, person.signals);
    expect(exitCode).toBe(130);
    expect(counts).toMatchObject({ unconfirmed: 0, notAttempted: 0, left: 20 - counts.closed });
    expect(counts.closed).toBeLessThan(12);
    await nextNightFinishes(n, 20);
  });

  it('before it has begun does nothing', async () => {
    const n = await night({ conversations: [stale(1)] });
    const person = interrupts();
    person.stop();
    const { exitCode, counts } = await n.sweep({}, person.signals);
    expect({ exitCode, left: counts.left }).toEqual({ exitCode: 130, left: 1 });
    expect(n.simulator.log).toEqual([]);
  });
});

describe('a run that is stopped while it signs in', () => {
  it('ends at once, opens no other request, and says so', async () => {
    const n = await night({ conversations: [stale(1)] });
    const person = interrupts();
    n.when('token', null, () => {
      person.stop(143);
      return '503';
    });
    const { exitCode, run, counts } = await n.sweep({}, person.signals);
    expect({ exitCode, state: run.state, left: counts.left }).toEqual({
      exitCode: 143,
      state: 'interrupted',
      left: 1,
    });
    expect(run.startedAt).toBe(START);
    expect(n.simulator.log.filter(({ route }) => route !== 'token')).toEqual([]);
  });
});

describe('a run whose time is used up', () => {
  it('while everybody waits for the rate limit ends a grace later, and takes back what was not sent', async () => {
    const n = await night({ conversations: numbers(30).map(stale) });
    n.when('close', null, (nth) => (nth > 5 ? { kind: '429', retryAfter: '170' } : null));
    const { exitCode, run, counts, message } = await n.sweep({
      maxDurationMs: 30 * SECOND,
      graceMs: 20 * SECOND,
    });
    expect({ exitCode, state: run.state }).toEqual({ exitCode: 6, state: 'stopped' });
    expect(message).toContain('The time (maxDuration) is used up.');
    expect(run.finishedAt - run.startedAt).toBeGreaterThanOrEqual(50 * SECOND);
    expect(run.finishedAt - run.startedAt).toBeLessThan(51 * SECOND);
    expect(counts).toMatchObject({ closed: 5, failed: 0 });
    expect(counts.closed + counts.notAttempted + counts.left).toBe(30);
    expect(n.store.ledger.intents()).toEqual([]);
    await nextNightFinishes(n, 30);
  });

  it('does not wait for an answer that hangs longer than the grace', async () => {
    const n = await night({ conversations: [stale(1)] });
    n.when('read', null, () => n.park(14 * SECOND));
    const { exitCode, run, counts } = await n.sweep({ maxDurationMs: 2 * SECOND, graceMs: SECOND });
    expect({ exitCode, notAttempted: counts.notAttempted }).toEqual({ exitCode: 6, notAttempted: 1 });
    expect(run.finishedAt - run.startedAt).toBe(3 * SECOND);
    await nextNightFinishes(n, 1);
  });

  it('waits within the grace for what it has in hand', async () => {
    const n = await night({
      conversations: numbers(30).map(stale),
      simulator: {
        closeEffect: { kind: 'delayed', ms: 12 * SECOND },
        latencyMs: [300, 300],
      },
    });
    const { exitCode, counts } = await n.sweep({ maxDurationMs: SECOND });
    expect(exitCode).toBe(6);
    expect(counts).toMatchObject({ unconfirmed: 0, notAttempted: 0, left: 30 - counts.closed });
    expect(counts.closed).toBeGreaterThan(0);
    expect(counts.closed).toBeLessThan(30);
    await nextNightFinishes(n, 30);
  });
});

describe('a run that is stopped and will not wait', () => {
  it('leaves the intents of what it was verifying to the next run', async () => {
    const n = await night({
      conversations: numbers(20).map(stale),
      simulator: { closeEffect: { kind: 'delayed', ms: 12 * SECOND } },
    });
    const person = interrupts();
    n.when('read', null, (nth) => {
      if (nth === 25) person.abort();
    });
    const { exitCode, run } = await n.sweep({}, person.signals);

    expect({ exitCode, state: run.state }).toEqual({ exitCode: 130, state: 'interrupted' });
    expect(run.finishedAt - run.startedAt).toBeLessThan(5 * SECOND);
    expect(n.store.ledger.intents()).toHaveLength(20);
    await nextNightFinishes(n, 20);
    expect(n.story(idOf(1))).toEqual(['closed/stale_unanswered']);
    expect(n.outcomes(idOf(1))).toMatchObject([{ detail: 'recovered', runId: 2 }]);
  });

  it('leaves the intent of a close whose answer is on its way: it may have been carried out', async () => {
    const n = await night({ conversations: [stale(1)] });
    const person = interrupts();
    n.when('close', null, async () => {
      person.abort();
      await n.park(5 * SECOND);
    });
    const { counts, exitCode, run } = await n.sweep({}, person.signals);
    expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 130, closed: 0 });
    expect(run.finishedAt - run.startedAt).toBeLessThan(SECOND);
    expect(n.store.ledger.intents()).toHaveLength(1);
    await nextNightFinishes(n, 1);
    expect(n.story(idOf(1))).toEqual(['closed/stale_unanswered']);
  });

  it('does not wait for a read that hangs', async () => {
    const n = await night({ conversations: [stale(1)] });
    const person = interrupts();
    n.when('read', null, () => {
      person.abort();
      return 'timeout';
    });
    const { counts, run } = await n.sweep({}, person.signals);
    expect(counts.notAttempted).toBe(1);
    expect(run.finishedAt - run.startedAt).toBeLessThan(SECOND);
    await nextNightFinishes(n, 1);
  });

  it('takes back the intent of a close that was still waiting for its turn', async () => {
    const n = await night({ conversations: [stale(1)] });
    const person = interrupts();
    n.when('close', null, () => {
      n.clock.sleep(SECOND).then(person.abort);
      return { kind: '429', retryAfter: '60' };
    });
    const { counts } = await n.sweep({}, person.signals);
    expect(counts).toMatchObject({ closed: 0, notAttempted: 1 });
    expect(n.story(idOf(1))).toEqual(['not_attempted/run_ended']);
    expect(n.store.ledger.intents()).toEqual([]);
    n.calm();
    await n.later(HOUR);
    await n.sweep();
    expect(n.account(idOf(1))).toMatchObject({ patches: 2, effectivePatches: 1 });
    expect(n.agreement()).toEqual([]);
  });

  it('leaves what it was reading as not attempted', async () => {
    const n = await night({ conversations: numbers(30).map(stale) });
    const person = interrupts();
    n.when('read', null, (nth) => {
      if (nth === 12) person.abort();
    });
    const { run, counts } = await n.sweep({}, person.signals);
    const given = n.recorded(run.id).filter(({ outcome }) => outcome === 'not_attempted');
    expect(new Set(given.map(inShort))).toEqual(new Set(['not_attempted/run_ended']));
    // A close whose answer was on its way is neither: its intent stays.
    const unknown = n.store.ledger.intents().length;
    expect(counts.closed + counts.notAttempted + counts.left + unknown).toBe(30);
    expect(counts.notAttempted).toBeGreaterThan(0);
    expect(counts.left).toBeGreaterThan(0);
    await nextNightFinishes(n, 30);
  });

  it('in the middle of a recovery leaves the rest of it to the next run', async () => {
    const n = await night({
      conversations: numbers(12).map(stale),
      simulator: { closeEffect: { kind: 'delayed', ms: 10 * SECOND } },
    });
    const first = interrupts();
    n.when('read', null, (nth) => {
      if (nth === 13) first.abort();
    });
    await n.sweep({ concurrency: 20 }, first.signals);
    expect(n.store.ledger.intents()).toHaveLength(12);

    const second = interrupts();
    n.calm();
    await n.later(HOUR);
    n.when('read', null, (nth) => {
      if (nth === 4) second.abort();
    });
    const { exitCode } = await n.sweep({ concurrency: 2 }, second.signals);
    expect(exitCode).toBe(130);
    expect(n.store.ledger.intents().length).toBeGreaterThan(0);
    expect(n.store.ledger.intents().length).toBeLessThan(12);
    await nextNightFinishes(n, 12);
  });
});
