import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const ID = idOf(1);
const stale = (n = 1) => conversation(n, 'waiting_in_queue', 2 * DAY);

function userSets(n: Night, column: 'last_activity_at' | 'hold_until', at: number) {
  n.user.prepare(`UPDATE mappings SET ${column} = ? WHERE conversation_id = ?`).run(toIso(at), ID);
}

describe('what happens between two steps of a sweep', () => {
  it('keeps a conversation that comes alive between select and inspect', async () => {
    const n = await night({ conversations: [stale()] });
    n.when('read', ID, () => n.world.touch(ID, 'customer', n.clock.now()));
    const { exitCode } = await n.sweep();

    expect(exitCode).toBe(0);
    expect(n.story(ID)).toEqual(['kept/active_recently']);
    expect(n.account(ID)).toMatchObject({ status: 'active', patches: 0 });
  });

  it.each([
    ['comes alive on our own side', 'last_activity_at', 'kept/active_recently', -MINUTE],
    ['is put on hold', 'hold_until', 'kept/on_hold', HOUR],
  ] as const)(
    'keeps a conversation that %s between inspect and intent',
    async (_, column, outcome, offset) => {
      const n = await night({ conversations: [stale()] });
      n.when('read', ID, () => userSets(n, column, n.clock.now() + offset));
      await n.sweep();

      expect(n.story(ID)).toEqual([outcome]);
      expect(n.account(ID)).toMatchObject({ status: 'active', patches: 0 });
      expect(n.store.ledger.intents()).toEqual([]);
    },
  );

  it.each([
    ['whose mapping is removed', 'DELETE FROM mappings'],
    ['whose request is taken back', 'DELETE FROM close_requests'],
  ])('does not even read one %s between select and inspect', async (_, sql) => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    const onlyRequested = sql.includes('close_requests');
    if (onlyRequested) n.request([ID, idOf(2)]);
    // With one slot the other has been selected by then, and waits.
    n.when('read', ID, () => void n.user.prepare(`${sql} WHERE conversation_id = ?`).run(idOf(2)));
    await n.sweep({ concurrency: 1, onlyRequested });
    expect(n.account(idOf(2))).toMatchObject({ reads: 0, patches: 0 });
    expect(n.story(idOf(2))).toEqual([]);
  });

  it('gives the budget back for a close that it did not begin', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('read', ID, () => userSets(n, 'hold_until', n.clock.now() + HOUR));
    const { counts } = await n.sweep({ maxCloses: 1, concurrency: 1 });

    expect(counts).toMatchObject({ closed: 1, kept: 1, notAttempted: 0 });
  });

  it.each(['platform', 'gateway'] as const)(
    'records one that ended by itself before it was read as already closed (%s)',
    async (contract) => {
      const n = await night({ contract, conversations: [stale()] });
      n.when('read', ID, () => n.world.endByItself(ID, n.clock.now()));
      const { exitCode } = await n.sweep();

      expect(exitCode).toBe(0);
      expect(n.story(ID)).toEqual(['already_closed/ended']);
      expect(n.mapping(ID)?.state).toBe('closed');
      expect(n.account(ID).patches).toBe(0);
    },
  );

  it.each(['platform', 'gateway'] as const)(
    'records one that nobody can read any more as not found, and its mapping as gone (%s)',
    async (contract) => {
      const n = await night({ contract, conversations: [stale()] });
      n.world.forget(ID);
      const { exitCode } = await n.sweep();

      expect(exitCode).toBe(0);
      expect(n.story(ID)).toEqual(['not_found']);
      expect(n.outcomes(ID)).toMatchObject([{ detail: 'Genesys Cloud does not know it (any more)' }]);
      expect(n.mapping(ID)?.state).toBe('gone');
      expect(n.agreement()).toEqual([]);
    },
  );
});

describe('a close that does not show at once', () => {
  it('is verified with growing waits, and recorded once the end shows', async () => {
    const n = await night({
      conversations: [stale()],
      simulator: { closeEffect: { kind: 'delayed', ms: 6 * SECOND } },
    });
    const { exitCode } = await n.sweep();

    const [, first, ...verified] = n.simulator.log.filter(({ conversationId }) => conversationId === ID);
    expect(first?.route).toBe('close');
    expect(verified.map(({ route, at }) => [route, at - (first?.at ?? 0)])).toEqual([
      ['read', 1 * SECOND],
      ['read', 3 * SECOND],
      ['read', 7 * SECOND],
    ]);
    expect(exitCode).toBe(0);
    expect(n.outcomes(ID)).toMatchObject([
      { outcome: 'closed', reason: 'stale_unanswered', closedAt: (first?.at ?? 0) + 6 * SECOND },
    ]);
    expect(n.agreement()).toEqual([]);
  });

  it('is verified outside the slots: many more wait than may be in hand', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => i + 1);
    const n = await night({
      conversations: ids.map(stale),
      simulator: { closeEffect: { kind: 'delayed', ms: 12 * SECOND } },
    });
    const { run, counts } = await n.sweep({ concurrency: 2 });

    expect(counts.closed).toBe(30);
    expect(run.finishedAt - run.startedAt).toBeLessThan(20 * SECOND);
    const closes = n.simulator.log.filter(({ route }) => route === 'close').map(({ at }) => at);
    expect(Math.max(...closes) - Math.min(...closes)).toBeLessThan(2 * SECOND);
  });

  it.each(['platform', 'gateway'] as const)(
    'is unconfirmed while it stays active, and tried again on the next night (%s)',
    async (contract) => {
      const n = await night({
        contract,
        conversations: [stale()],
        simulator: { closeEffect: { kind: 'never' } },
      });
      const first = await n.sweep();
      expect(first.exitCode).toBe(3);
      expect(first.counts).toMatchObject({ closed: 0, unconfirmed: 1 });
      expect(n.account(ID)).toMatchObject({ status: 'active', patches: 1 });
      expect(n.mapping(ID)?.state).toBe('open');

      await n.later(DAY);
      n.world.setCloseEffect(ID, { kind: 'reply' });
      expect((await n.sweep()).exitCode).toBe(0);
      expect(n.story(ID).map((entry) => entry.split('/')[0])).toEqual(['unconfirmed', 'closed']);
      expect(n.agreement()).toEqual([]);
    },
  );

  it.each(['platform', 'gateway'] as const)(
    'is confirmed late when it took effect after we gave up waiting (%s)',
    async (contract) => {
      const n = await night({
        contract,
        conversations: [stale()],
        simulator: { closeEffect: { kind: 'delayed', ms: 10 * MINUTE } },
      });
      expect((await n.sweep()).counts.unconfirmed).toBe(1);
      expect(n.agreement()).toEqual([]);

      await n.later(DAY);
      const { exitCode, counts } = await n.sweep();
      expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 0, closed: 1 });
      expect(n.story(ID).at(-1)).toBe('closed/confirmed_late');
      const ended = n.world.get(ID)?.participants.map(({ endedAt }) => endedAt ?? 0) ?? [];
      // The gateway contract does not tell when: it was found just now.
      const closedAt = contract === 'platform' ? Math.max(...ended) : n.clock.now();
      expect(n.outcomes(ID).at(-1)).toMatchObject({ detail: expect.stringContaining('run 1'), closedAt });
      expect(n.mapping(ID)?.state).toBe('closed');
      expect(n.account(ID).patches).toBe(1);
      expect(n.agreement()).toEqual([]);
    },
  );

  it('is confirmed late even when the next run was about to close it again', async () => {
    const n = await night({
      conversations: [stale()],
      simulator: { closeEffect: { kind: 'delayed', ms: 30 * MINUTE + 20 * SECOND } },
    });
    expect((await n.sweep()).counts.unconfirmed).toBe(1);

    await n.later(30 * MINUTE);
    n.when('close', ID, () => n.park(10 * SECOND));
    await n.sweep();
    expect(n.account(ID)).toMatchObject({ patches: 2, effectivePatches: 1 });
    expect(n.story(ID).at(-1)).toBe('closed/confirmed_late');
    expect(n.agreement()).toEqual([]);
  });

  it('is not taken for ours when it ends by itself hours after a close that never showed', async () => {
    const n = await night({ conversations: [stale()], simulator: { closeEffect: { kind: 'never' } } });
    await n.sweep();
    await n.later(2 * HOUR);
    n.world.endByItself(ID, n.clock.now());
    await n.later(22 * HOUR);
    await n.sweep();
    expect(n.story(ID).at(-1)).toBe('already_closed/ended');
    expect(n.agreement()).toEqual([]);
  });

  it('is not taken for ours when it had ended hours before the close was sent', async () => {
    const n = await night({ conversations: [stale()], simulator: { closeEffect: { kind: 'never' } } });
    await n.sweep();
    n.world.endByItself(ID, n.clock.now() - 2 * HOUR);
    await n.later(DAY);
    await n.sweep();
    expect(n.story(ID).at(-1)).toBe('already_closed/ended');
  });
});

describe('a request that comes or goes between inspect and intent', () => {
  it('that comes is what the close is recorded for, also when the policy would by now have kept it', async () => {
    const n = await night({ conversations: [stale()] });
    n.when('read', ID, () => {
      userSets(n, 'last_activity_at', n.clock.now() - MINUTE);
      n.request([ID]);
    });
    await n.sweep();
    expect(n.story(ID)).toEqual(['closed/requested']);
    expect(n.outcomes(ID)).toMatchObject([
      { origin: 'cli', detail: expect.stringContaining('asked for by cli') },
    ]);
    expect(n.requests(ID)).toMatchObject([{ outcome: 'closed' }]);
    expect(n.agreement()).toEqual([]);
  });

  it('that is taken back leaves no close by a policy that was never asked whether it may', async () => {
    const n = await night({
      conversations: [stale()],
      simulator: { organization: { id: '0c1d2e3f-4a5d-4e6f-8a9b-3f2b8c1e4a5b', name: 'Somebody Else' } },
    });
    n.request([ID]);
    n.when('read', ID, () => void n.user.prepare('DELETE FROM close_requests').run());
    await n.sweep({ expectOrganization: 'Ours' });
    expect(n.story(ID)).toEqual(['not_attempted/request_gone']);
    expect(n.account(ID)).toMatchObject({ status: 'active', patches: 0 });
    expect(n.store.ledger.intents()).toEqual([]);
  });
});
