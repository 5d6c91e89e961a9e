import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const ID = idOf(1);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);

/** The first never takes effect; the second does. */
async function aStubbornOne(): Promise<Night> {
  const n = await night({ conversations: [stale(1), stale(2)] });
  n.world.setCloseEffect(ID, { kind: 'never' });
  return n;
}

/** So many nights, one a day; what each has counted of it. */
async function nights(n: Night, count: number) {
  const reports = [];
  for (let i = 0; i < count; i++) {
    reports.push(await n.sweep());
    await n.later(DAY - HOUR / 2);
  }
  return reports;
}

describe('a conversation that could not be closed three nights running', () => {
  it('is left alone and told of, and tried again a week later, and a week after that', async () => {
    const n = await aStubbornOne();
    const reports = await nights(n, 18);

    const tried = reports.flatMap(({ counts }, i) => (counts.unconfirmed > 0 ? [i + 1] : []));
    expect(tried).toEqual([1, 2, 3, 10, 17]);
    expect(reports[4]).toMatchObject({ exitCode: 0, counts: { candidates: 0, resting: 1, left: 0 } });
    expect(reports[4]?.message).toContain('1 could not be closed three nights running');
    expect(reports[2]?.counts.resting, 'the third night tries it').toBe(0);
    expect(n.store.report.resting(n.clock.now(), 10).items).toMatchObject([
      { conversationId: ID, outcome: 'unconfirmed' },
    ]);
    expect(n.agreement()).toEqual([]);
  });

  it('costs no request while it rests', async () => {
    const n = await aStubbornOne();
    await nights(n, 3);
    const before = n.account(ID);
    await nights(n, 5);
    expect(n.account(ID)).toMatchObject({ reads: before.reads, patches: before.patches });
  });

  it('rests no longer once it is closed', async () => {
    const n = await aStubbornOne();
    await nights(n, 3);
    n.world.setCloseEffect(ID, { kind: 'reply' });
    const weekLater = await nights(n, 7);
    expect(weekLater.map(({ counts }) => counts.closed)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(n.mapping(ID)).toMatchObject({ state: 'closed', restsUntil: null });
    expect(n.store.report.resting(n.clock.now(), 10)).toEqual({ total: 0, items: [] });
    expect(n.agreement()).toEqual([]);
  });

  it('is tried at once when somebody asks for it', async () => {
    const n = await aStubbornOne();
    await nights(n, 3);
    n.world.setCloseEffect(ID, { kind: 'reply' });
    n.request([ID]);
    const { counts } = await n.sweep();
    expect(counts).toMatchObject({ closed: 1, requested: 1 });
    expect(n.agreement()).toEqual([]);
  });

  it('because it was forbidden is reported with its correlation id', async () => {
    // One that answers every night keeps a role without the permission from being suspected.
    const n = await night({ conversations: [stale(1), conversation(2, 'parked', 2 * DAY)] });
    n.when('read', ID, () => ({ kind: 'reply', status: 403, body: '{"code":"not.authorized"}' }));
    await nights(n, 3);
    const [resting] = n.store.report.resting(n.clock.now(), 10).items;
    expect(resting).toMatchObject({ conversationId: ID, outcome: 'failed', httpStatus: 403 });
    expect(resting?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is not the same as one that only the network kept from being read', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('read', ID, () => '503');
    const reports = await nights(n, 5);
    expect(reports.map(({ counts }) => counts.failed)).toEqual([1, 1, 1, 1, 1]);
    expect(n.mapping(ID)?.restsUntil).toBeNull();
  });

  it.each([
    ['a permission is missing', { missingPermissions: ['conversation:communication:view'] }, 4],
    ['no close takes effect', { closeEffect: { kind: 'never' } }, 8],
  ] as const)('is not the same as nights in which %s for all', async (_, simulator, exitCode) => {
    const all = Array.from({ length: 24 }, (_, i) => stale(i + 1));
    const n = await night({ conversations: all, simulator });
    const reports = await nights(n, 3);
    expect(reports.map((report) => report.exitCode)).toEqual([exitCode, exitCode, exitCode]);
    expect(n.store.report.resting(n.clock.now(), 99)).toEqual({ total: 0, items: [] });
    expect(n.store.work.countDue({ cutoff: n.clock.now(), now: n.clock.now(), runId: 99 })).toBe(24);
  });
});
