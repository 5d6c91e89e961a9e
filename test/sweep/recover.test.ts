import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import type { Intent } from '../../src/sweep/ports.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { intend } from '../store/fixtures.ts';
import { type Night, night, SETTINGS } from './night.ts';

const ID = idOf(1);
const stale = (n = 1) => conversation(n, 'waiting_in_queue', 2 * DAY);

/** A run that dies with its row open, and what it had intended. */
function deadRun(n: Night, intended: readonly string[], changes: Partial<Intent> = {}): number {
  const runId = n.store.runs.begin({
    kind: 'sweep',
    scope: 'full',
    dryRun: false,
    policy: SETTINGS.policy,
    startedAt: n.clock.now(),
    host: 'night-0',
    pid: 4242,
    version: '0.0.0',
  });
  for (const conversationId of intended) {
    const intent: Intent = {
      conversationId,
      sessionId: 'session-of-the-intent',
      runId,
      intendedAt: n.clock.now(),
      reason: 'stale',
      detail: 'idle for 2d',
      origin: 'schedule',
      requestId: null,
      remoteStatus: 'active',
      remoteLastActivityAt: n.clock.now() - 2 * DAY,
      idleSeconds: 172_800,
      queueId: 'queue-of-the-intent',
      agentConnected: false,
      ...changes,
    };
    intend(n.store, intent);
  }
  return runId;
}

describe('an intent that a dead run has left', () => {
  it.each(['platform', 'gateway'] as const)(
    'whose close had been carried out is closed by the recovering run, as it was intended (%s)',
    async (contract) => {
      const n = await night({ contract, conversations: [stale()] });
      const dead = deadRun(n, [ID], { reason: 'requested', origin: 'csv:list.csv#7' });
      n.world.count(ID, 'patches');
      n.world.close(ID, null);
      await n.later(HOUR);
      const { run, counts, exitCode } = await n.sweep();

      expect(exitCode).toBe(0);
      expect(counts).toMatchObject({ recovered: 1, closed: 1, inspected: 0 });
      expect(n.outcomes(ID)).toMatchObject([
        {
          runId: run.id,
          outcome: 'closed',
          reason: 'requested',
          detail: 'recovered',
          origin: 'csv:list.csv#7',
          sessionId: 'session-of-the-intent',
          queueId: 'queue-of-the-intent',
          remoteStatus: 'abandoned',
          remoteLastActivityAt: START - 2 * DAY,
          idleSeconds: 172_800,
          agentConnected: false,
          httpStatus: 200,
          errorCode: null,
          correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          requests: 1,
          decidedAt: START + HOUR,
          // The gateway contract does not tell when: it was found just now.
          closedAt: contract === 'platform' ? START : START + HOUR,
        },
      ]);
      expect(n.mapping(ID)?.state).toBe('closed');
      expect(n.store.ledger.intents()).toEqual([]);
      expect(n.store.report.run(dead)).toMatchObject({ state: 'interrupted' });
      expect(n.account(ID).patches).toBe(1);
      expect(n.agreement()).toEqual([]);
    },
  );

  it('settles the request that it was for', async () => {
    const n = await night({ conversations: [stale()] });
    const requestId = n.request([ID]).get(ID) ?? 0;
    deadRun(n, [ID], { reason: 'requested', origin: 'cli', requestId });
    n.world.close(ID, null);
    await n.later(HOUR);
    await n.sweep();
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed' }]);
    expect(n.story(ID)).toEqual(['closed/requested']);
  });

  it.each([
    [59 * SECOND, 'closed/stale'],
    [61 * SECOND, 'already_closed/ended'],
  ])('ended %i ms before it was intended: %s', async (before, outcome) => {
    const n = await night({ conversations: [stale()] });
    deadRun(n, [ID]);
    n.world.endByItself(ID, n.clock.now() - before);
    await n.later(HOUR);
    const { counts } = await n.sweep();
    expect(counts.recovered).toBe(1);
    expect(n.story(ID)).toEqual([outcome]);
    expect(n.outcomes(ID)).toMatchObject([{ detail: 'recovered', closedAt: START - before }]);
    expect(n.mapping(ID)?.state).toBe('closed');
  });

  it('whose conversation is still active is a candidate again in the same run, decided afresh', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    deadRun(n, [ID, idOf(2)]);
    await n.later(HOUR);
    n.world.touch(idOf(2), 'customer', n.clock.now());
    const { counts } = await n.sweep();

    expect(counts).toMatchObject({ recovered: 2, closed: 1, kept: 1, left: 0 });
    expect(n.story(ID)).toEqual(['closed/stale_unanswered']);
    expect(n.story(idOf(2))).toEqual(['kept/active_recently']);
    expect(n.account(idOf(2)).patches).toBe(0);
    expect(n.notes).toContainEqual(expect.stringMatching(`interrupted close did not happen.* .*${ID}`));
    expect(n.agreement()).toEqual([]);
  });

  it('is given the time that its own run would have waited, with growing waits', async () => {
    const n = await night({ conversations: [stale()] });
    deadRun(n, [ID]);
    const intendedAt = n.clock.now();
    n.world.setCloseEffect(ID, { kind: 'delayed', ms: 6 * SECOND });
    n.world.close(ID, null);
    await n.sweep();
    const reads = n.simulator.log.filter(({ route }) => route === 'read').map(({ at }) => at - intendedAt);
    expect(reads).toEqual([1 * SECOND, 3 * SECOND, 7 * SECOND]);
    expect(n.story(ID)).toEqual(['closed/stale']);
    expect(n.agreement()).toEqual([]);
  });

  it('of which many are left is found out about side by side', async () => {
    const n = await night({ conversations: Array.from({ length: 20 }, (_, i) => stale(i + 1)) });
    const ids = Array.from({ length: 20 }, (_, i) => idOf(i + 1));
    deadRun(n, ids);
    for (const id of ids) {
      n.world.setCloseEffect(id, { kind: 'delayed', ms: 12 * SECOND });
      n.world.close(id, null);
    }
    const { run, counts } = await n.sweep({ concurrency: 2 });
    expect(counts).toMatchObject({ recovered: 20, closed: 20 });
    expect(run.finishedAt - run.startedAt).toBeLessThanOrEqual(16 * SECOND);
  });

  it('whose conversation is gone is recorded as not found', async () => {
    const n = await night({ conversations: [stale()] });
    deadRun(n, [ID]);
    n.world.forget(ID);
    const { counts } = await n.sweep();
    expect(counts).toMatchObject({ recovered: 1, notFound: 1 });
    expect(n.outcomes(ID)).toMatchObject([
      {
        outcome: 'not_found',
        reason: null,
        detail: 'recovered: it was gone after the close was intended',
        sessionId: 'session-of-the-intent',
        remoteStatus: 'unknown',
        idleSeconds: null,
        closedAt: null,
      },
    ]);
    expect(n.mapping(ID)?.state).toBe('gone');
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it.each([
    ['cannot be read', '503'],
    ['cannot be understood', { kind: 'reply', status: 200, body: '{"participants":"?"}' }],
  ] as const)('whose conversation %s stays, and nothing is done to it', async (_, fault) => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    deadRun(n, [ID]);
    await n.later(HOUR);
    n.when('read', ID, () => fault);
    const { exitCode, message, counts } = await n.sweep();

    expect(exitCode).toBe(3);
    expect(message).toContain('1 could not be read after the close');
    expect(counts).toMatchObject({ recovered: 0, closed: 1, left: 0 });
    expect(n.notes).toContainEqual(
      expect.stringMatching(
        `the interrupted close of ${ID} could not be read .*; the next run will find out`,
      ),
    );
    expect(n.outcomes(ID)).toEqual([]);
    expect(n.store.ledger.intents()).toMatchObject([{ conversationId: ID }]);
    expect(n.account(ID).patches).toBe(0);

    n.calm();
    await n.sweep();
    expect(n.story(ID)).toEqual(['closed/stale_unanswered']);
    expect(n.agreement()).toEqual([]);
  });

  it('stays when it cannot be read within the deadline of one conversation', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    deadRun(n, [ID]);
    await n.later(HOUR);
    n.when('read', ID, () => ({ kind: '429', retryAfter: '170' }));
    const { exitCode, counts, message } = await n.sweep();
    expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 3, closed: 1 });
    expect(message).toContain('1 could not be read after the close');
    expect(n.notes).toContainEqual(expect.stringMatching(`interrupted close of ${ID} could not be read`));
    expect(n.store.ledger.intents()).toHaveLength(1);
  });

  it('stays when the remote side ends the run before it could be read', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    deadRun(n, [ID, idOf(2)]);
    await n.later(HOUR);
    n.when('read', null, () => ({ kind: '429', retryAfter: '3600' }));
    const { exitCode } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(8);
    expect(n.store.ledger.intents()).toHaveLength(2);
    expect(n.simulator.log.filter(({ route }) => route === 'read')).toHaveLength(1);
  });

  it('is recovered also by a run that only serves a request', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    deadRun(n, [ID]);
    n.world.close(ID, null);
    await n.later(MINUTE);
    const { report } = await n.close([idOf(2)]);
    expect(report?.counts).toMatchObject({ recovered: 1, closed: 2 });
    expect(n.story(ID)).toEqual(['closed/stale']);
    expect(n.agreement()).toEqual([]);
  });
});

describe('a run that a dead holder has left running', () => {
  it('becomes interrupted, with the counts of what it had recorded', async () => {
    const n = await night({ conversations: [stale()] });
    const dead = deadRun(n, []);
    await n.sweep();
    expect(n.store.report.run(dead)).toMatchObject({ state: 'interrupted' });
    expect(n.notes.join(' ')).toContain(`Run ${dead} was interrupted`);
  });

  it('is left alone by a dry run, and so are its intents', async () => {
    const n = await night({ conversations: [stale()] });
    const dead = deadRun(n, [ID]);
    n.world.close(ID, null);
    const { counts } = await n.dryRun();
    expect(counts).toMatchObject({ recovered: 0, inspected: 0, wouldClose: 0 });
    expect(n.store.report.run(dead)).toMatchObject({ state: 'running' });
    expect(n.store.ledger.intents()).toHaveLength(1);
  });
});
