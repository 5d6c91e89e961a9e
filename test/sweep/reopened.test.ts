import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, toIso } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const ID = idOf(1);
const stale = (n = 1) => conversation(n, 'waiting_in_queue', 2 * DAY);

/** A night on which the conversation was closed, and a visitor who came back to it. */
async function closedAndReopened({ after = 10 * HOUR } = {}): Promise<Night> {
  const n = await night({ conversations: [stale()] });
  await n.sweep();
  await n.later(after);
  n.world.revive(ID, n.clock.now());
  return n;
}

describe('a conversation that is reopened after we closed it', () => {
  it('is found on the next night, counted once, and open again', async () => {
    const n = await closedAndReopened();
    await n.later(12 * HOUR);
    const second = await n.sweep();
    expect(second.counts).toMatchObject({ reopened: 1, kept: 1, candidates: 0 });
    expect(second.exitCode).toBe(0);
    expect(second.message).toContain('1 had been reopened');
    expect(n.outcomes(ID).at(-1)).toMatchObject({ outcome: 'kept', reason: 'active_recently' });
    expect(n.outcomes(ID).at(-1)?.detail).toBe(
      'reopened after we closed it at 2026-01-15T02:00:00.000Z; it was active 12h ago, less than 1d',
    );
    expect(n.mapping(ID)?.state).toBe('open');
    expect(n.agreement()).toEqual([]);

    await n.later(DAY);
    const third = await n.sweep();
    expect(third.counts).toMatchObject({ reopened: 0, closed: 1, candidates: 1 });
    expect(n.account(ID)).toMatchObject({ patches: 2, effectivePatches: 2 });
    expect(n.agreement()).toEqual([]);
  });

  it('is found also through newer activity on our own side, long after the watch', async () => {
    const n = await closedAndReopened({ after: 80 * HOUR });
    const back = toIso(n.clock.now());
    n.user.prepare('UPDATE mappings SET last_activity_at = ? WHERE conversation_id = ?').run(back, ID);
    await n.later(25 * HOUR);
    const { counts } = await n.sweep();
    expect(counts).toMatchObject({ candidates: 1, reopened: 1, closed: 1 });
    expect(n.outcomes(ID).at(-1)?.detail).toContain('reopened');
    expect(n.agreement()).toEqual([]);
  });

  it('is kept at first where neither side tells when it was last active (gateway)', async () => {
    const n = await night({ contract: 'gateway', conversations: [stale()] });
    await n.sweep();
    await n.later(30 * HOUR);
    n.world.revive(ID, n.clock.now());
    await n.later(HOUR);
    expect((await n.sweep()).counts).toMatchObject({ reopened: 1, kept: 1, closed: 0 });
    expect(n.story(ID).at(-1)).toBe('kept/unknown_activity');
    expect(n.account(ID)).toMatchObject({ status: 'active', patches: 1 });
    expect(n.agreement()).toEqual([]);

    // However often it is looked at: what our own side did in its earlier life never makes it stale.
    await n.later(2 * DAY);
    await n.sweep();
    expect(n.story(ID).at(-1)).toBe('kept/unknown_activity');

    n.request([ID]);
    await n.sweep({ onlyRequested: true });
    expect(n.story(ID).at(-1)).toBe('closed/requested');
  });

  it('is counted only by the run that brings news of it, and only once', async () => {
    const n = await closedAndReopened();
    await n.later(30 * HOUR);
    const used = await n.sweep({ maxCloses: 0 });
    expect(used.counts).toMatchObject({ reopened: 0, notAttempted: 1 });
    expect((await n.sweep()).counts).toMatchObject({ reopened: 1, closed: 1 });
    await n.later(HOUR);
    expect((await n.sweep()).counts.reopened).toBe(0);
    expect(n.agreement()).toEqual([]);
  });

  it('is no news of it that the close of its new life is refused', async () => {
    const n = await closedAndReopened();
    await n.later(30 * HOUR);
    n.when('close', ID, () => ({ kind: 'reply', status: 409, body: '{"code":"conflict"}' }));
    expect((await n.sweep()).counts).toMatchObject({ reopened: 0, failed: 1 });
    n.calm();
    expect((await n.sweep()).counts).toMatchObject({ reopened: 1, closed: 1 });
  });

  it('is not what it is when our own side came back to one that has ended for good', async () => {
    const n = await night({ conversations: [stale()] });
    await n.sweep();
    await n.later(2 * HOUR);
    n.user.prepare('UPDATE mappings SET last_activity_at = ?').run(toIso(n.clock.now()));
    await n.later(25 * HOUR);
    expect((await n.sweep()).counts).toMatchObject({ candidates: 1, alreadyClosed: 1, reopened: 0 });
    expect(n.outcomes(ID).at(-1)?.detail).not.toContain('reopened');
  });

  it('is not counted as reopened when it was not we who had closed it', async () => {
    const n = await night({ conversations: [conversation(1, 'closed', 2 * DAY)] });
    expect((await n.sweep()).counts.alreadyClosed).toBe(1);
    await n.later(HOUR);
    n.world.revive(ID, n.clock.now());
    await n.later(HOUR);
    const { counts } = await n.sweep();
    expect(counts).toMatchObject({ reopened: 0, kept: 1 });
    expect(n.mapping(ID)?.state).toBe('open');
    expect(n.agreement()).toEqual([]);
  });
});

describe('watching what we closed', () => {
  it.each([
    ['is not looked at before the survey lag', 20 * MINUTE, 0],
    ['is looked at after it', 40 * MINUTE, 1],
    ['is looked at until the watch is over', 71 * HOUR, 1],
    ['is not looked at any more then', 73 * HOUR, 0],
  ])('a closed conversation %s', async (_, after, reads) => {
    const n = await night({ conversations: [stale()] });
    await n.sweep();
    await n.later(after);
    const { requests, counts, exitCode } = await n.sweep();
    expect(requests.reads).toBe(reads);
    expect(counts.inspected).toBe(reads);
    expect(exitCode).toBe(0);
    expect(n.outcomes(ID)).toHaveLength(1);
  });

  it('records nothing when the look fails or it is gone: there is no news', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    await n.sweep();
    await n.later(HOUR);
    n.world.forget(idOf(2));
    n.when('read', ID, () => ({ kind: 'reply', status: 400, body: '{"code":"bad.request"}' }));
    const { run, exitCode } = await n.sweep();
    expect(exitCode).toBe(0);
    expect(n.recorded(run.id)).toEqual([]);
    expect(n.mapping(idOf(2))?.state).toBe('closed');
  });

  it('records nothing when the run ends while it looks', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    await n.sweep();
    await n.later(HOUR);
    n.when('read', null, () => ({ kind: '429', retryAfter: '3600' }));
    const { run, exitCode } = await n.sweep();
    expect(exitCode).toBe(8);
    expect(n.recorded(run.id)).toEqual([]);
  });

  it('goes on when the budget of closes is used up', async () => {
    const n = await closedAndReopened();
    await n.later(HOUR);
    n.world.add(stale(2), stale(3));
    for (const id of [idOf(2), idOf(3)]) {
      n.store.intake.putMappings(
        [
          {
            conversationId: id,
            sessionId: 's',
            userId: null,
            startedAt: n.clock.now() - 3 * DAY,
            lastActivityAt: null,
          },
        ],
        'test',
        n.clock.now(),
      );
    }
    const { counts, exitCode } = await n.sweep({ maxCloses: 1, concurrency: 1 });
    expect(exitCode).toBe(6);
    expect(counts).toMatchObject({ closed: 1, reopened: 1 });
    expect(n.story(ID).at(-1)).toBe('kept/active_recently');
  });
});
