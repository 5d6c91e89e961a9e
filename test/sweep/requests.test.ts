import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { night, SETTINGS } from './night.ts';

const ID = idOf(1);
const stale = (n = 1) => conversation(n, 'waiting_in_queue', 2 * DAY);
/** Too young to be closed by policy. */
const fresh = (n = 1) => conversation(n, 'waiting_in_queue', HOUR);

describe('a close request', () => {
  it('is served before everything that is due, in the order in which they came', async () => {
    const n = await night({ conversations: [stale(1), stale(2), fresh(3), fresh(4)] });
    n.request([idOf(4)]);
    n.request([idOf(3)]);
    const { counts } = await n.sweep({ concurrency: 1 });

    const reads = n.simulator.log.filter(({ route }) => route === 'read').map((one) => one.conversationId);
    expect(reads.slice(0, 2)).toEqual([idOf(4), idOf(3)]);
    expect(counts).toMatchObject({ requested: 2, closed: 4, candidates: 2 });
    expect(n.agreement()).toEqual([]);
  });

  it('closes what policy would keep, says who asked, and is settled', async () => {
    const n = await night({ conversations: [conversation(1, 'parked', 2 * DAY)] });
    n.request([ID], { origin: 'csv:list.csv#7' });
    const { exitCode } = await n.sweep();
    expect(exitCode).toBe(0);
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'closed', reason: 'requested', origin: 'csv:list.csv#7', sessionId: 'session-0001' },
    ]);
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed', settledAt: expect.any(Number) }]);
    expect(n.agreement()).toEqual([]);
  });

  it('for a conversation that is due as well leads to one look and one outcome', async () => {
    const n = await night({ conversations: [stale()] });
    n.request([ID]);
    await n.sweep();
    expect(n.story(ID)).toEqual(['closed/requested']);
    expect(n.account(ID).reads).toBe(1);
  });

  it('may be for an id that is not in the mapping', async () => {
    const n = await night({ conversations: [fresh()], mapping: [] });
    n.request([ID, idOf(99)]);
    const { exitCode } = await n.sweep();
    expect(exitCode).toBe(0);
    expect(n.outcomes(ID)).toMatchObject([{ outcome: 'closed', sessionId: null }]);
    expect(n.story(idOf(99))).toEqual(['not_found']);
    expect(n.requests(idOf(99))).toMatchObject([{ outcome: 'not_found' }]);
    expect(n.agreement()).toEqual([]);
  });

  it.each(['platform', 'gateway'] as const)(
    'that comes after the conversation has ended is settled as already closed (%s)',
    async (contract) => {
      const n = await night({ contract, conversations: [conversation(1, 'closed', 2 * HOUR)] });
      n.request([ID]);
      await n.sweep();
      expect(n.story(ID)).toEqual(['already_closed/ended']);
      expect(n.requests(ID)).toMatchObject([{ outcome: 'already_closed' }]);
      expect(n.account(ID).patches).toBe(0);
    },
  );

  it.each([
    [false, 'kept/active_since_request', 0],
    [true, 'closed/requested', 1],
  ])(
    'does not close what was active since it was asked for, unless it is forced (%s)',
    async (force, outcome, patches) => {
      const n = await night({ conversations: [stale()] });
      n.request([ID], { force });
      await n.later(MINUTE);
      n.world.touch(ID, 'customer', n.clock.now());
      await n.sweep();
      expect(n.story(ID)).toEqual([outcome]);
      expect(n.requests(ID)[0]?.settledAt).not.toBeNull();
      expect(n.account(ID).patches).toBe(patches);
    },
  );

  it('does not override a hold', async () => {
    const n = await night({ conversations: [stale()] });
    n.store.holds.hold([ID], n.clock.now() + DAY, n.clock.now());
    n.request([ID], { force: true });
    await n.sweep();
    expect(n.story(ID)).toEqual(['kept/on_hold']);
    expect(n.account(ID).patches).toBe(0);
  });

  it.each([
    ['cli', 'closed/requested'],
    ['webhook:wrapup', 'kept/exempt'],
  ])('from %s on an exempt queue: %s', async (origin, outcome) => {
    const n = await night({ conversations: [stale()] });
    const queueId = n.world.list()[0]?.participants.at(-1)?.queueId ?? '';
    n.request([ID], { origin });
    await n.sweep({ policy: { ...SETTINGS.policy, exemptQueues: [queueId] } });
    expect(n.story(ID)).toEqual([outcome]);
    expect(n.requests(ID)[0]?.settledAt).not.toBeNull();
  });
});

describe('a request that could not be served', () => {
  it('stays pending after a failure and is tried again on the next night', async () => {
    const n = await night({ conversations: [fresh(1), fresh(2)] });
    n.request([ID]);
    n.when('read', ID, () => '503');
    const first = await n.sweep();
    expect(first.exitCode).toBe(3);
    expect(n.outcomes(ID)).toMatchObject([{ outcome: 'failed', reason: 'inspect', httpStatus: 503 }]);
    expect(n.requests(ID)).toMatchObject([{ settledAt: null }]);

    n.calm();
    await n.later(2 * HOUR);
    expect((await n.sweep()).exitCode).toBe(0);
    expect(n.story(ID)).toEqual(['failed/inspect', 'closed/requested']);
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed' }]);
    expect(n.agreement()).toEqual([]);
  });

  it('stays pending while its close is unconfirmed, and is settled when that shows', async () => {
    const n = await night({
      conversations: [fresh()],
      simulator: { closeEffect: { kind: 'delayed', ms: 10 * MINUTE } },
    });
    n.request([ID]);
    await n.sweep();
    expect(n.requests(ID)).toMatchObject([{ settledAt: null }]);
    await n.later(HOUR);
    await n.sweep();
    expect(n.story(ID)).toEqual(['unconfirmed/requested', 'closed/confirmed_late']);
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed' }]);
    expect(n.account(ID).patches).toBe(1);
    expect(n.agreement()).toEqual([]);
  });

  it('stays pending when the intent of its close could not be settled', async () => {
    const n = await night({ conversations: [fresh(1), fresh(2)] });
    n.request([ID]);
    n.when('close', ID, () => 'reset_after');
    n.when('read', ID, (nth) => (nth > 1 ? '503' : null));
    await n.sweep();
    expect(n.requests(ID)).toMatchObject([{ settledAt: null }]);
    n.calm();
    const { counts } = await n.sweep();
    expect(counts).toMatchObject({ recovered: 1, closed: 1, requested: 0 });
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed' }]);
  });

  it('expires when it has become too old, unread and untouched', async () => {
    const n = await night({ conversations: [fresh()], mapping: [] });
    n.request([ID]);
    await n.later(50 * HOUR);
    const { exitCode, counts, message } = await n.sweep();
    expect(exitCode).toBe(3);
    expect(counts).toMatchObject({ expired: 1, inspected: 0 });
    expect(message).toContain('1 close request had become too old: ask again.');
    expect(n.outcomes(ID)).toMatchObject([
      {
        outcome: 'expired',
        detail: 'the request is 2d 2h old, older than 2d; ask again if it still holds',
        remoteStatus: 'unknown',
        requests: 0,
      },
    ]);
    expect(n.requests(ID)).toMatchObject([{ outcome: 'expired' }]);
    expect(n.account(ID)).toMatchObject({ reads: 0, patches: 0 });
  });

  it('is still served at the last moment before it expires', async () => {
    const n = await night({ conversations: [fresh()], mapping: [] });
    n.request([ID]);
    await n.later(48 * HOUR);
    expect((await n.sweep()).counts).toMatchObject({ expired: 0, closed: 1 });
  });

  it('expires a moment later', async () => {
    const n = await night({ conversations: [fresh()], mapping: [] });
    n.request([ID]);
    await n.later(48 * HOUR + SECOND);
    expect((await n.sweep()).counts).toMatchObject({ expired: 1, closed: 0 });
  });
});

describe('a run for requests only', () => {
  it('leaves alone what is due', async () => {
    const n = await night({ conversations: [stale(1), fresh(2)] });
    n.request([idOf(2)]);
    const { run, counts, exitCode } = await n.sweep({ onlyRequested: true });
    expect({ scope: run.scope, exitCode }).toEqual({ scope: 'requested', exitCode: 0 });
    expect(counts).toMatchObject({ candidates: 0, requested: 1, closed: 1, left: 0 });
    expect(n.story(ID)).toEqual([]);
  });
});
