import { describe, expect, it, onTestFinished } from 'vitest';
import { AuthError, DatabaseError, UnavailableError } from '../../src/domain/errors.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import type { BatchRunner } from '../../src/webhook/ports.ts';
import { createWorker, type WorkerParts } from '../../src/webhook/worker.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, type NightOptions, night } from '../sweep/night.ts';
import { anEvent } from './make.ts';

/** A night with a worker, which stops before the night ends. */
async function aNight(options: NightOptions, changes: Partial<WorkerParts> = {}) {
  const n = await night(options);
  const worker = createWorker({ ...parts(n), ...changes });
  onTestFinished(() => worker.stop());
  return { n, worker };
}

function parts(n: Night): WorkerParts {
  const batches: BatchRunner = {
    run: async (work, interrupts) => {
      const served = await n.batch(work, interrupts);
      if (served === null) return null;
      const { report, stillActive } = served;
      return { exitCode: report.exitCode, message: report.message, stillActive };
    },
  };
  return {
    events: n.store.events,
    batches,
    clock: n.clock,
    random: () => 0.5,
    log: { debug: () => {}, info: (m) => void n.notes.push(m), warn: (m) => void n.notes.push(m) },
    delayMs: 2 * SECOND,
    graceMs: 20 * SECOND,
  };
}

const silent = (n: number) => conversation(n, 'after_call_work', HOUR);

function tell(n: Night, ...events: ReturnType<typeof anEvent>[]): void {
  const now = n.clock.now();
  n.store.events.accept(events, now, now + 2 * SECOND);
}

/** An event that has just happened. */
const now = (n: Night, of: number, changes: Parameters<typeof anEvent>[1] = {}) =>
  anEvent(of, { eventAt: n.clock.now(), ...changes });

async function settled(n: Night, stepMs = SECOND): Promise<void> {
  while (n.store.events.countPending() > 0) await n.clock.sleep(stepMs);
}

const outcomes = (n: Night) => n.user.prepare('SELECT outcome FROM events ORDER BY id').pluck().all();
const patches = (n: Night) => n.world.account().reduce((sum, one) => sum + one.patches, 0);
const runs = (n: Night) =>
  n.user.prepare('SELECT kind, exit_code FROM runs ORDER BY id').raw().all() as [string, number][];

describe('the worker', () => {
  it('closes what an agent is done with, once, in one run for a burst', async () => {
    const { n, worker } = await aNight({ conversations: [1, 2, 3].map(silent) });
    worker.start();
    for (const of of [1, 2, 3]) {
      tell(n, now(n, of));
      worker.wake();
      await n.clock.sleep(500);
    }
    await settled(n);
    expect(outcomes(n)).toEqual(['closed', 'closed', 'closed']);
    expect([1, 2, 3].map((of) => n.story(idOf(of)))).toEqual(Array(3).fill(['closed/requested']));
    expect(n.outcomes(idOf(1))).toMatchObject([{ origin: 'webhook:conversation.acw' }]);
    expect(runs(n)).toEqual([['webhook', 0]]);
    expect(n.mapping(idOf(1))?.state).toBe('closed');
    expect(n.agreement()).toEqual([]);
  });

  it('closes once for the same event told ten times, under ten numbers', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1)] });
    const event = now(n, 1);
    tell(n, ...Array.from({ length: 10 }, () => event));
    tell(n, ...Array.from({ length: 9 }, (_, i) => ({ ...event, identity: `webhook-id:${i}` })));
    worker.start();
    await settled(n);
    expect(outcomes(n)).toEqual(Array(10).fill('closed'));
    expect(patches(n)).toBe(1);
    expect(n.story(idOf(1))).toEqual(['closed/requested']);
  });

  it.each<[string, Partial<NightOptions>, string]>([
    [
      'an agent is connected to',
      { conversations: [conversation(1, 'agent_customer_silent', HOUR)] },
      'kept/agent_connected',
    ],
    ['an agent has parked', { conversations: [conversation(1, 'parked', HOUR)] }, 'kept/parked'],
    [
      'waits for another agent',
      { conversations: [conversation(1, 'waiting_in_queue', HOUR)] },
      'kept/awaiting_agent',
    ],
    [
      'is of another medium',
      { conversations: [conversation(1, 'other_message_type', HOUR)] },
      'kept/not_web_messaging',
    ],
    ['has ended already', { conversations: [conversation(1, 'closed', HOUR)] }, 'already_closed/ended'],
    ['is unknown', { conversations: [], mapping: [] }, 'not_found'],
  ])('sends no close for what %s', async (_, options, story) => {
    const { n, worker } = await aNight({ conversations: [], ...options });
    tell(n, now(n, 1));
    worker.start();
    await settled(n);
    expect(n.story(idOf(1))).toEqual([story]);
    expect(patches(n)).toBe(0);
    expect(runs(n)).toEqual([['webhook', 0]]);
  });

  it('keeps what was active since the event, and closes it after the next', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1)] });
    tell(n, now(n, 1, { eventAt: n.clock.now() - 2 * HOUR }));
    worker.start();
    await settled(n);
    expect(n.story(idOf(1))).toEqual(['kept/active_since_request']);
    tell(n, now(n, 1));
    await settled(n);
    expect(n.story(idOf(1))).toEqual(['kept/active_since_request', 'closed/requested']);
    expect(outcomes(n)).toEqual(['kept', 'closed']);
  });

  it('only looks where it is told of an end: never closes, and settles the mapping', async () => {
    const stale = conversation(2, 'with_bot', 5 * DAY);
    const { n, worker } = await aNight({
      conversations: [conversation(1, 'closed', HOUR), stale, silent(3)],
    });
    tell(n, ...[1, 2, 3, 4].map((of) => now(n, of, { kind: 'settle', name: 'conversation.customer.end' })));
    worker.start();
    await settled(n);
    expect(outcomes(n)).toEqual(['already_closed', 'still_active', 'still_active', 'not_mapped']);
    expect(n.mapping(idOf(1))?.state).toBe('closed');
    expect(n.outcomes(idOf(1))).toMatchObject([{ origin: 'webhook:conversation.customer.end' }]);
    expect(n.mapping(idOf(2))?.state).toBe('open');
    expect(n.story(idOf(2))).toEqual([]);
    expect(n.simulator.log.filter(({ route }) => route === 'close')).toEqual([]);
    expect(n.agreement()).toEqual([]);
  });

  it('takes up what was accepted before it began, as after a crash', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1)] });
    tell(n, now(n, 1));
    await n.later(HOUR);
    expect(patches(n)).toBe(0);
    worker.start();
    await settled(n);
    expect(outcomes(n)).toEqual(['closed']);
  });

  it('works in batches, and leaves the lease free between them', async () => {
    const numbers = Array.from({ length: 25 }, (_, i) => i + 1);
    const { n, worker } = await aNight({ conversations: numbers.map(silent) });
    tell(n, ...numbers.map((of) => now(n, of)));
    worker.start();
    await settled(n);
    expect(runs(n)).toEqual([
      ['webhook', 0],
      ['webhook', 0],
    ]);
    expect(n.agreement()).toEqual([]);
  });
});

it('a batch gives the lease back, also when it fails, and does nothing while another has it', async () => {
  const { n } = await aNight({ conversations: [silent(1)] });
  const work = { closes: new Set([idOf(1)]), looks: new Map<string, string>() };
  const take = () => {
    const release = n.lease.acquire();
    expect(release).not.toBeNull();
    return release ?? (() => {});
  };
  tell(n, now(n, 1));
  const release = take();
  expect(await n.batch(work)).toBeNull();
  expect(runs(n)).toEqual([]);
  release();
  n.when('read', null, () => {
    n.user.exec('ALTER TABLE outcomes RENAME COLUMN detail TO away');
  });
  await expect(n.batch(work)).rejects.toThrow(DatabaseError);
  take()();
  n.calm();
  n.user.exec('ALTER TABLE outcomes RENAME COLUMN away TO detail');
  expect((await n.batch(work))?.report).toMatchObject({ run: { kind: 'webhook' }, counts: { closed: 1 } });
  take()();
});

describe('beside a sweep', () => {
  it('the sweep serves the request, and the event has its outcome', async () => {
    const { n, worker } = await aNight({ conversations: [conversation(9, 'with_bot', 5 * DAY), silent(1)] });
    n.when('read', idOf(9), async (nth) => {
      if (nth > 1) return;
      tell(n, now(n, 1));
      worker.start();
      await n.park(10 * SECOND);
    });
    const { run } = await n.sweep();
    await settled(n);
    expect(n.outcomes(idOf(1))).toMatchObject([{ runId: run.id, outcome: 'closed', reason: 'requested' }]);
    expect(runs(n)).toEqual([['sweep', 0]]);
    expect(patches(n)).toBe(2);
  });

  it('a sweep waits for a batch to end, and then for nothing else', async () => {
    const numbers = Array.from({ length: 45 }, (_, i) => i + 1);
    const { n, worker } = await aNight({
      conversations: [...numbers.map(silent), conversation(99, 'with_bot', 5 * DAY)],
    });
    let sweeping: Promise<unknown> | null = null;
    n.when('read', idOf(1), () => {
      sweeping ??= n.sweep();
    });
    tell(n, ...numbers.map((of) => now(n, of)));
    worker.start();
    await settled(n);
    await sweeping;
    expect(runs(n).map(([kind]) => kind)).toEqual(['webhook', 'sweep']);
    expect(n.story(idOf(99))).toEqual(['closed/stale_unanswered']);
    expect(outcomes(n)).toEqual(Array(45).fill('closed'));
  });

  it('what was kept makes no sweep end with 3', async () => {
    const { n } = await aNight({
      conversations: [conversation(1, 'parked', 2 * DAY), conversation(2, 'parked', 2 * DAY)],
    });
    n.when('read', idOf(2), () => {
      n.clock.jump(1);
      tell(n, now(n, 1));
    });
    const { exitCode } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(0);
    expect(runs(n)).toEqual([
      ['sweep', 0],
      ['webhook', 0],
    ]);
  });
});

describe('trouble', () => {
  it('with the remote side as a whole keeps the events, and they are done once it is back', async () => {
    const { n, worker } = await aNight({ wire: 'memory', conversations: [silent(1), silent(2)] });
    const back = n.clock.now() + 20 * MINUTE;
    const down = () => (n.clock.now() < back ? { kind: 'reply' as const, status: 503, body: '' } : null);
    n.when('token', null, down);
    n.when('read', null, down);
    tell(n, now(n, 1), now(n, 2));
    worker.start();
    await n.clock.sleep(5 * MINUTE);
    expect(worker.state()).toMatchObject({
      phase: expect.stringMatching(/working|backing_off/),
      ready: false,
    });
    expect(worker.state().trouble).toContain('503');
    await settled(n, MINUTE);
    await n.clock.sleep(2 * SECOND);
    expect(outcomes(n)).toEqual(['closed', 'closed']);
    expect(n.clock.now() - back).toBeLessThan(9 * MINUTE);
    expect(worker.state()).toMatchObject({ ready: true, trouble: null, failures: 0 });
    expect(n.simulator.log.length, 'it does not hammer').toBeLessThan(120);
    expect(n.agreement()).toEqual([]);
  });

  it.each([
    ['wrong credentials', () => new AuthError('The credentials are wrong.')],
    ['an outage', () => new UnavailableError('Nobody answers.')],
    ['a bug', () => new TypeError('x is not a function')],
  ])('with %s is waited out for longer and longer', async (_, error) => {
    const at: number[] = [];
    const { n, worker } = await aNight(
      { conversations: [silent(1)] },
      {
        batches: {
          run: async () => {
            at.push(n.clock.now());
            throw error();
          },
        },
      },
    );
    tell(n, now(n, 1));
    worker.start();
    await n.clock.sleep(HOUR);
    expect(at.length).toBeGreaterThan(4);
    expect(at.length).toBeLessThan(25);
    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(70 * MINUTE);
    expect(n.store.events.countPending()).toBe(1);
  });

  it('with one conversation is retried less and less often, and keeps no other waiting', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1), silent(2)] });
    n.when('read', idOf(1), (nth) =>
      nth <= 3 ? { kind: 'reply', status: 403, body: '{"code":"not.authorized"}' } : null,
    );
    tell(n, now(n, 1), now(n, 2));
    worker.start();
    await n.clock.sleep(10 * SECOND);
    expect(outcomes(n)).toEqual([null, 'closed']);
    const reads = () =>
      n.simulator.log.filter((one) => one.route === 'read' && one.conversationId === idOf(1));
    expect(reads()).toHaveLength(1);
    await settled(n);
    expect(outcomes(n)).toEqual(['closed', 'closed']);
    expect(reads().length).toBeLessThanOrEqual(5);
  });

  it('with the database is told, and it goes on afterwards', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1)] });
    tell(n, now(n, 1));
    n.user.exec('ALTER TABLE events RENAME COLUMN outcome TO away');
    worker.start();
    await n.clock.sleep(10 * SECOND);
    expect(worker.state().ready).toBe(false);
    n.user.exec('ALTER TABLE events RENAME COLUMN away TO outcome');
    await settled(n);
    expect(outcomes(n)).toEqual(['closed']);
  });
});

describe('stopping', () => {
  it('finishes what is in hand, and takes nothing more', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1), silent(2)] });
    let stopping: Promise<void> | null = null;
    n.when('close', null, () => {
      stopping ??= worker.stop();
    });
    tell(n, now(n, 1));
    worker.start();
    while (stopping === null) await n.clock.sleep(SECOND);
    tell(n, now(n, 2));
    await stopping;
    expect(worker.state()).toMatchObject({ phase: 'stopped', ready: false });
    expect(n.story(idOf(1))).toEqual(['closed/requested']);
    expect(n.story(idOf(2))).toEqual([]);
    expect(n.store.events.countPending()).toBeGreaterThan(0);
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it('waits no longer than the grace, and what was in mid-air is settled by the next start', async () => {
    const { n, worker } = await aNight({ conversations: [silent(1)] });
    n.world.setCloseEffect(idOf(1), { kind: 'delayed', ms: 10 * MINUTE });
    tell(n, now(n, 1));
    worker.start();
    await n.clock.sleep(5 * SECOND);
    const since = n.clock.now();
    await worker.stop();
    expect(n.clock.now() - since).toBeLessThanOrEqual(25 * SECOND);
    expect(patches(n)).toBe(1);
    await n.later(HOUR);
    const again = createWorker({ ...parts(n), delayMs: 0 });
    onTestFinished(() => again.stop());
    again.start();
    await settled(n);
    expect(patches(n)).toBe(1);
    expect(n.agreement()).toEqual([]);
  });
});
