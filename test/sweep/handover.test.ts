import { describe, expect, it } from 'vitest';
import { LeaseHeldError } from '../../src/domain/errors.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const fresh = (n: number) => conversation(n, 'waiting_in_queue', HOUR);
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** A night of several pages, and one conversation too young for it. */
const LATER = idOf(901);
const longNight = (count = 120) => night({ conversations: [...numbers(1, count).map(stale), fresh(901)] });

/** The nth look of this night, whatever it looks at. */
function atRead(n: Night, nth: number, happens: () => void) {
  n.when('read', null, (seen) => {
    if (seen === nth) happens();
  });
}

describe('a request that comes while a sweep is under way', () => {
  it('is served by that sweep, within a page', async () => {
    const n = await longNight();
    atRead(n, 5, () => n.request([LATER]));
    const { run, counts } = await n.sweep();

    expect(n.outcomes(LATER)).toMatchObject([{ runId: run.id, outcome: 'closed', reason: 'requested' }]);
    const reads = n.simulator.log.filter(({ route }) => route === 'read');
    const place = reads.findIndex(({ conversationId }) => conversationId === LATER);
    expect(place).toBeGreaterThan(5);
    expect(place).toBeLessThan(5 + 50 + 10);
    expect(counts).toMatchObject({ requested: 1, closed: 121, left: 0 });
    expect(n.agreement()).toEqual([]);
  });

  it('is served in a run of its own when that sweep has already kept the conversation', async () => {
    const parked = conversation(901, 'parked', 5 * DAY);
    const n = await night({ conversations: [...numbers(1, 70).map(stale), parked] });
    atRead(n, 20, () => n.request([LATER]));
    const { run, exitCode } = await n.sweep();

    expect(exitCode).toBe(0);
    expect(n.story(LATER)).toEqual(['kept/parked', 'closed/requested']);
    const [kept, closed] = n.outcomes(LATER);
    expect(kept?.runId).toBe(run.id);
    expect(n.store.report.run(closed?.runId ?? 0)).toMatchObject({
      kind: 'close',
      scope: 'requested',
      state: 'done',
      exitCode: 0,
      counts: { requested: 1, closed: 1 },
    });
    expect(n.requests(LATER)).toMatchObject([{ outcome: 'closed' }]);
    expect(n.agreement()).toEqual([]);
  });

  it('is served also when it comes while its conversation is in hand', async () => {
    const parked = conversation(901, 'parked', 2 * DAY);
    const n = await night({ conversations: [parked] });
    n.when('read', LATER, (nth) => {
      if (nth === 1) n.request([LATER]);
    });
    await n.sweep();
    expect(n.story(LATER)).toEqual(['kept/parked', 'closed/requested']);
    expect(n.agreement()).toEqual([]);
  });

  it('is served also when it comes with the last look of the night', async () => {
    const n = await night({ conversations: [...numbers(1, 3).map(stale), fresh(901)] });
    atRead(n, 3, () => n.request([LATER]));
    const { exitCode, counts } = await n.sweep({ concurrency: 1 });
    expect({ exitCode, left: counts.left }).toEqual({ exitCode: 0, left: 0 });
    expect(n.story(LATER)).toEqual(['closed/requested']);
  });

  it('is served between two pages of what is watched', async () => {
    const n = await longNight(90);
    await n.sweep();
    await n.later(30 * MINUTE);
    n.calm();
    atRead(n, 10, () => n.request([LATER]));
    await n.sweep();
    const reads = n.simulator.log.filter(({ route }) => route === 'read').slice(90);
    const place = reads.findIndex(({ conversationId }) => conversationId === LATER);
    expect(place).toBeGreaterThan(9);
    expect(place).toBeLessThan(10 + 50 + 10);
    expect(n.story(LATER)).toEqual(['closed/requested']);
  });

  it('gets a run that answers for its own closes only, while others are still being verified', async () => {
    const parked = conversation(901, 'parked', 5 * DAY);
    const n = await night({
      conversations: [parked, ...numbers(1, 60).map(stale)],
      simulator: { closeEffect: { kind: 'delayed', ms: 10 * SECOND } },
    });
    n.world.setCloseEffect(LATER, { kind: 'reply' });
    atRead(n, 15, () => n.request([LATER]));
    await n.sweep();
    const own = n.store.report.run(n.outcomes(LATER).at(-1)?.runId ?? 0);
    expect(own).toMatchObject({ kind: 'close', exitCode: 0, counts: { closed: 1 } });
    expect(own?.message).not.toContain('could not be read');
    expect(n.agreement()).toEqual([]);
  });
});

describe('a close that is asked for while', () => {
  it('the lease is free is served by a run of its own', async () => {
    const n = await night({ conversations: [fresh(901)] });
    const { report, answers } = await n.close([LATER]);
    expect(report?.run).toMatchObject({ kind: 'close', scope: 'requested', state: 'done' });
    expect(report?.exitCode).toBe(0);
    expect(answers.get(LATER)).toMatchObject({ outcome: 'closed', runId: report?.run.id });
    expect(n.lease.acquire(), 'the lease is free').not.toBeNull();
    expect(n.agreement()).toEqual([]);
  });

  it('the lease is free, and is interrupted, says how many are left: neither done nor in the dark', async () => {
    const ids = numbers(1, 15).map(idOf);
    const n = await night({ conversations: numbers(1, 15).map(fresh) });
    n.when('read', idOf(1), () => ({ kind: 'reply', status: 400, body: '{"code":"bad.request"}' }));
    n.when('close', idOf(2), () => 'reset_after');
    n.when('read', idOf(2), (nth) => (nth > 1 ? '503' : null));
    const stop = new AbortController();
    n.when('read', idOf(5), () => stop.abort(130));
    const { report } = await n.close(ids, {}, { stop: stop.signal });
    const unread = ids.filter((id) => n.account(id).reads === 0);
    expect(unread.length).toBeGreaterThan(0);
    expect(report).toMatchObject({
      exitCode: 130,
      counts: { failed: 1, closed: 13 - unread.length, left: unread.length },
    });
    expect(n.store.ledger.intents()).toMatchObject([{ conversationId: idOf(2) }]);
  });

  it('the lease is free, and cannot be closed, is answered with 3 and the reason', async () => {
    const n = await night({ conversations: [fresh(901)] });
    n.store.holds.hold([LATER], n.clock.now() + DAY, n.clock.now());
    const { report, answers } = await n.close([LATER]);
    expect(report?.exitCode).toBe(3);
    expect(answers.get(LATER)).toMatchObject({ outcome: 'kept', reason: 'on_hold' });
  });

  it('a sweep holds the lease is handed to that run and answered by it', async () => {
    const n = await longNight(70);
    n.when('read', idOf(70), () => n.park(10 * SECOND));
    let closing: ReturnType<Night['close']> | null = null;
    let answeredAt = 0;
    atRead(n, 5, () => {
      closing = n.close([LATER]);
      closing.then(() => {
        answeredAt = n.clock.now();
      });
    });
    const swept = await n.sweep();
    expect(answeredAt, 'before the sweep has ended').toBeLessThan(swept.run.finishedAt);
    const served = await (closing as unknown as ReturnType<Night['close']>);

    expect(served.report).toBeNull();
    expect(served.answers.get(LATER)).toMatchObject({ outcome: 'closed', runId: swept.run.id });
    expect(n.notes.find((note) => note.startsWith('Handed to'))).toContain(
      `Handed to run ${swept.run.id} (sweep, host night-1, process 4711, since 2026-01-15T02:00:00.000Z)`,
    );
    expect(n.agreement()).toEqual([]);
  });

  it('a holder fails at it gets that failure as its answer, and stays pending', async () => {
    const n = await longNight(60);
    n.when('read', LATER, () => ({ kind: 'reply', status: 400, body: '{"code":"bad.request"}' }));
    let closing: ReturnType<Night['close']> | null = null;
    atRead(n, 5, () => {
      closing = n.close([LATER]);
    });
    await n.sweep();
    const served = await (closing as unknown as ReturnType<Night['close']>);
    expect(served.answers.get(LATER)).toMatchObject({ outcome: 'failed', reason: 'inspect' });
    expect(n.requests(LATER)).toMatchObject([{ settledAt: null }]);
  });

  it('a holder lets go without having served it is served after all', async () => {
    const n = await night({ conversations: [fresh(901)] });
    const release = n.lease.acquire();
    const letGo = n.clock.sleep(5 * SECOND).then(() => release?.());
    const { report, answers } = await n.close([LATER]);
    await letGo;
    expect(report?.run.startedAt).toBeGreaterThanOrEqual(n.clock.now() - SECOND);
    expect(answers.get(LATER)).toMatchObject({ outcome: 'closed' });
    expect(n.notes.filter((note) => note.startsWith('Handed to'))).toEqual([
      'Handed to one that is just starting or ending, or a db prune, which holds the lease; waiting for the outcome.',
    ]);
  });

  it('another holds the lease can be given up; the request stays', async () => {
    const n = await night({ conversations: [fresh(901)] });
    const release = n.lease.acquire();
    const stop = new AbortController();
    const stopping = n.clock.sleep(5 * SECOND).then(() => stop.abort(130));
    const { report, answers } = await n.close([LATER], {}, { stop: stop.signal });
    await stopping;
    release?.();
    expect({ report, answers: answers.size }).toEqual({ report: null, answers: 0 });
    expect(n.requests(LATER)).toMatchObject([{ settledAt: null }]);
    expect(n.account(LATER).reads).toBe(0);
  });
});

describe('the lease', () => {
  it('lets no second sweep begin: it says at once who holds it', async () => {
    const n = await longNight(20);
    let second: Promise<unknown> | null = null;
    atRead(n, 5, () => {
      second = n.sweep().catch((error: unknown) => error);
    });
    const first = await n.sweep();
    const error = await (second as unknown as Promise<unknown>);
    expect(error).toBeInstanceOf(LeaseHeldError);
    expect(error).toMatchObject({
      exitCode: 11,
      message:
        'Another run holds the lease: run 1 (sweep, host night-1, process 4711, since 2026-01-15T02:00:00.000Z); wait for it, or stop it.',
    });
    expect(n.store.report.runs(10)).toHaveLength(1);
    expect(first.exitCode).toBe(0);
  });

  it('is free again after a sweep, also after one that failed', async () => {
    const n = await night({ conversations: [stale(1)] });
    const broken = () => {
      throw new Error('a bug');
    };
    await expect(n.sweep({}, { onOutcome: broken })).rejects.toThrow('a bug');
    expect(n.store.report.run(1)).toMatchObject({ state: 'failed', exitCode: 1, message: 'a bug' });
    expect((await n.sweep()).exitCode).toBe(0);
  });

  it('is not needed by a dry run', async () => {
    const n = await night({ conversations: [stale(1)] });
    const release = n.lease.acquire();
    expect((await n.dryRun()).counts.wouldClose).toBe(1);
    release?.();
  });
});
