import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND, toIso } from '../../src/domain/time.ts';
import type { Fault, FaultKind } from '../../src/simulator/faults.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const ID = idOf(1);
const stale = (n = 1) => conversation(n, 'waiting_in_queue', 2 * DAY);

const answer = (status: number, code: string): Fault => ({
  kind: 'reply',
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ status, code, message: 'No.' }),
});

/** Reads and closes of it, in their order: `read close read`. */
function requestsFor(n: Night, id = ID): string {
  return n.simulator.log
    .filter(({ conversationId }) => conversationId === id)
    .map(({ route }) => route)
    .join(' ');
}

describe('a close that shows in its answer', () => {
  it.each([
    ['an agent took part', 'agent_customer_silent', 'closed'],
    ['nobody ever answered', 'waiting_in_queue', 'abandoned'],
  ] as const)('when %s leaves it %s', async (_, kind, remoteStatus) => {
    const n = await night({ conversations: [conversation(1, kind, 2 * DAY)] });
    await n.sweep();
    expect(requestsFor(n)).toBe('read close');
    expect(n.outcomes(ID)).toMatchObject([{ outcome: 'closed', remoteStatus }]);
  });
});

describe('the intent of a close', () => {
  it('is on record before the close leaves, with all that it takes to finish the record', async () => {
    const n = await night({ conversations: [stale()] });
    const requestId = n.request([ID], { origin: 'csv:list.csv#7' }).get(ID);
    let intents: unknown;
    n.when('close', ID, () => {
      intents = n.store.ledger.intents();
    });
    const { run } = await n.sweep();
    expect(intents).toMatchObject([
      {
        conversationId: ID,
        sessionId: 'session-0001',
        runId: run.id,
        intendedAt: START,
        reason: 'requested',
        detail: expect.stringContaining('asked for by csv:list.csv#7'),
        origin: 'csv:list.csv#7',
        requestId,
        remoteStatus: 'active',
        remoteLastActivityAt: START - 2 * DAY,
        idleSeconds: (2 * DAY) / SECOND,
        agentConnected: false,
      },
    ]);
  });

  it('tells of no session where no mapping knows it', async () => {
    const n = await night({ conversations: [stale()], mapping: [] });
    n.request([ID]);
    let intents: unknown;
    n.when('close', ID, () => {
      intents = n.store.ledger.intents();
    });
    await n.sweep();
    expect(intents).toMatchObject([{ conversationId: ID, sessionId: null }]);
  });
});

describe('a close that is refused', () => {
  it.each([400, 404, 409] as const)(
    'with %i because it has ended meanwhile is read and believed',
    async (patchEndedStatus) => {
      const n = await night({ conversations: [stale()], simulator: { patchEndedStatus } });
      n.when('close', ID, () => n.world.endByItself(ID, n.clock.now()));
      const { exitCode } = await n.sweep();

      expect(exitCode).toBe(0);
      expect(n.outcomes(ID)).toMatchObject([
        { outcome: 'already_closed', remoteStatus: 'abandoned', detail: 'it ended by itself' },
      ]);
      expect(requestsFor(n)).toBe('read close read');
      expect(n.agreement()).toEqual([]);
    },
  );

  it.each([
    [400, 'bad.request'],
    [403, 'not.authorized'],
    [404, 'not.found'],
    [409, 'conflict'],
  ])('with %i although it goes on is a failure, and it stays open', async (status, code) => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('close', ID, () => answer(status, code));
    const { exitCode, counts } = await n.sweep();

    expect({ exitCode, closed: counts.closed, failed: counts.failed }).toEqual({
      exitCode: 3,
      closed: 1,
      failed: 1,
    });
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'failed', reason: 'close', httpStatus: status, errorCode: code, remoteStatus: 'active' },
    ]);
    expect(n.outcomes(ID)[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestsFor(n)).toBe('read close read');
    expect(n.mapping(ID)?.state).toBe('open');
    expect(n.store.ledger.intents()).toEqual([]);
    expect(n.agreement()).toEqual([]);
  });

  it('is a failure also when it cannot be read afterwards', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('close', ID, () => answer(409, 'conflict'));
    n.when('read', ID, (nth) => (nth > 1 ? '503' : null));
    await n.sweep();
    expect(n.story(ID)).toEqual(['failed/close']);
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it('is not found when it was removed meanwhile', async () => {
    const n = await night({ conversations: [stale()] });
    n.when('close', ID, () => n.world.forget(ID));
    await n.sweep();
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'not_found', detail: 'it was gone after the close was sent', remoteStatus: 'unknown' },
    ]);
    expect(n.mapping(ID)?.state).toBe('gone');
    expect(n.agreement()).toEqual([]);
  });
});

describe('a close whose answer is lost or says nothing', () => {
  const carriedOut: [string, FaultKind | 'too late'][] = [
    ['the connection is reset', 'reset_after'],
    ['a gateway gives up waiting', '504'],
    ['the answer is cut off', 'truncated_json'],
    ['the answer is empty', 'empty_body'],
    ['it is carried out after our time-out', 'too late'],
  ];
  it.each(
    carriedOut.flatMap(([name, fault]) =>
      (['platform', 'gateway'] as const).map((contract) => ({ name, fault, contract })),
    ),
  )('is recorded as closed when it was carried out: $name ($contract)', async ({ fault, contract }) => {
    const n = await night({ contract, conversations: [stale()] });
    n.when('close', ID, () => (fault === 'too late' ? n.park(16 * SECOND) : fault));
    const { exitCode } = await n.sweep();

    expect(exitCode).toBe(0);
    expect(n.outcomes(ID).map(({ outcome }) => outcome)).toEqual(['closed']);
    expect(n.account(ID)).toMatchObject({ patches: 1, effectivePatches: 1 });
    expect(n.agreement()).toEqual([]);
  });

  it.each(['reset_before', '500', '502', '503', '408', 'timeout'] as const)(
    'is sent once more when a read proves that it was not carried out (%s)',
    async (fault) => {
      const n = await night({ conversations: [stale()] });
      n.when('close', ID, (nth) => {
        if (nth > 1) return null;
        return fault === 'timeout' ? n.park(16 * SECOND).then(() => 'reset_before' as const) : fault;
      });
      const { exitCode } = await n.sweep();

      expect(exitCode).toBe(0);
      expect(n.story(ID)).toEqual(['closed/stale_unanswered']);
      expect(n.account(ID)).toMatchObject({ patches: 2, effectivePatches: 1 });
      expect(requestsFor(n)).toMatch(/^read close( read)+ close$/);
      expect(n.notes).toContainEqual(expect.stringMatching(`sending it once more .*${ID}`));
      expect(n.agreement()).toEqual([]);
    },
  );

  it('is sent at most twice in one night', async () => {
    const n = await night({ conversations: [stale()] });
    n.when('close', ID, () => 'reset_before');
    const { exitCode } = await n.sweep();

    expect(exitCode).toBe(3);
    expect(n.outcomes(ID)).toMatchObject([
      {
        outcome: 'unconfirmed',
        reason: 'stale_unanswered',
        detail: 'the close was sent, and it still does not show as ended',
      },
    ]);
    expect(n.account(ID).patches).toBe(2);
    n.calm();
    await n.later(DAY);
    await n.sweep();
    expect(n.story(ID).at(-1)).toBe('closed/stale_unanswered');
    expect(n.agreement()).toEqual([]);
  });

  it('is not sent again when a page of a proxy came instead of the answer', async () => {
    const n = await night({ conversations: [stale()] });
    n.when('close', ID, () => 'html_200');
    await n.sweep();
    expect(n.story(ID)).toEqual(['unconfirmed/stale_unanswered']);
    expect(n.account(ID).patches).toBe(1);
  });

  it.each([
    ['the visitor comes back', (n: Night) => n.world.touch(ID, 'customer', n.clock.now())],
    [
      'it is put on hold',
      (n: Night) =>
        n.user.prepare('UPDATE mappings SET hold_until = ?').run(toIso(n.clock.now() + HOUR)) as unknown,
    ],
  ])('is not sent again when %s while it is verified', async (_, happens) => {
    const n = await night({ conversations: [stale()] });
    n.when('close', ID, () => 'reset_before');
    n.when('read', ID, (nth) => {
      if (nth === 3) happens(n);
    });
    await n.sweep();

    expect(n.account(ID)).toMatchObject({ status: 'active', patches: 1 });
    expect(n.story(ID)).toEqual(['unconfirmed/stale_unanswered']);
    expect(n.mapping(ID)?.state).toBe('open');
  });

  it('leaves the intent to the next run when no read succeeds afterwards', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('close', ID, () => 'reset_after');
    n.when('read', ID, (nth) => (nth > 1 ? '503' : null));
    const first = await n.sweep();

    expect(first.exitCode).toBe(3);
    expect(first.message).toContain('1 could not be read after the close');
    expect(first.counts).toMatchObject({ closed: 1, failed: 0, left: 0 });
    expect(n.outcomes(ID)).toEqual([]);
    expect(n.store.ledger.intents()).toMatchObject([{ conversationId: ID, runId: 1 }]);
    expect(n.notes).toContainEqual(
      expect.stringMatching(
        `What became of the close of ${ID} could not be read.*; the next run will find out`,
      ),
    );

    n.calm();
    await n.later(DAY);
    const second = await n.sweep();
    expect(second.counts).toMatchObject({ recovered: 1, closed: 1 });
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'closed', reason: 'stale_unanswered', detail: 'recovered', runId: 2 },
    ]);
    expect(n.account(ID).patches).toBe(1);
    expect(n.store.ledger.intents()).toEqual([]);
    expect(n.agreement()).toEqual([]);
  });
});

describe('a close that was turned away at the door', () => {
  it.each([
    ['429', { kind: '429', retryAfter: '2' }],
    ['401', '401'],
  ] as const)('with %s is sent again, and that is no second close', async (_, fault) => {
    const n = await night({ conversations: [stale()] });
    n.when('close', ID, (nth) => (nth === 1 ? fault : null));
    const { exitCode } = await n.sweep();
    expect(exitCode).toBe(0);
    expect(n.story(ID)).toEqual(['closed/stale_unanswered']);
    expect(n.account(ID)).toMatchObject({ reads: 1, patches: 2, effectivePatches: 1 });
  });

  it('with 429 again and again is a failure, which is not read again', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('close', ID, () => ({ kind: '429', retryAfter: '1' }));
    const { exitCode, counts } = await n.sweep();
    expect(exitCode).toBe(3);
    expect(counts).toMatchObject({ closed: 1, failed: 1, unconfirmed: 0 });
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'failed', reason: 'close', httpStatus: 429, remoteStatus: 'active' },
    ]);
    expect(n.account(ID).reads).toBe(1);
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it('with a second 401 ends the run with 4, closes nothing and leaves no intent', async () => {
    const n = await night({ conversations: [1, 2, 3].map(stale) });
    n.when('close', null, () => '401');
    const { exitCode, counts } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(4);
    expect(counts).toMatchObject({ closed: 0, notAttempted: 1, left: 2 });
    expect(n.simulator.log.filter(({ route }) => route === 'close')).toHaveLength(2);
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it('with a wait of an hour ends the run with 8, and the next one closes it', async () => {
    const n = await night({ conversations: [1, 2, 3].map(stale) });
    n.when('close', null, () => ({ kind: '429', retryAfter: '3600' }));
    const { exitCode, counts } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(8);
    expect(counts).toMatchObject({ closed: 0, notAttempted: 1, left: 2 });
    expect(n.store.ledger.intents()).toEqual([]);
    n.calm();
    expect((await n.sweep()).counts.closed).toBe(3);
    expect(n.agreement()).toEqual([]);
  });

  it('with 403 for every one of the first ten ends the run with 4 and names the permission', async () => {
    const n = await night({
      conversations: Array.from({ length: 30 }, (_, i) => stale(i + 1)),
      simulator: { missingPermissions: ['conversation:communication:disconnect'] },
    });
    const { exitCode, message, counts } = await n.sweep({ concurrency: 2 });
    expect(exitCode).toBe(4);
    expect(message).toContain('conversation:communication:disconnect');
    expect(counts.closed).toBe(0);
    expect(counts.left).toBeGreaterThanOrEqual(18);
    expect(n.store.ledger.intents()).toEqual([]);
  });
});
