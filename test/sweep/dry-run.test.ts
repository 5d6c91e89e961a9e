import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { importCloses } from '../../src/intake/import-closes.ts';
import { closeList } from '../../src/report/close-list.ts';
import { mappingRows, population } from '../../src/simulator/population.ts';
import { START } from '../helpers/virtual-clock.ts';
import { PLAIN } from '../intake/harness.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);

const populated = (seed: number) =>
  night({ conversations: population(seed, 60, START), mapping: mappingRows(seed, 60, START) });

/** The tables that a dry run must not touch. */
function untouchables(n: Night): unknown[] {
  return ['mappings', 'close_requests', 'intents'].map((table) =>
    n.user.prepare(`SELECT * FROM ${table} ORDER BY 1`).raw().all(),
  );
}

async function importList(n: Night, csv: string) {
  const silent = () => {};
  return importCloses({
    ...PLAIN,
    source: (async function* () {
      yield Buffer.from(csv);
    })(),
    file: 'list.csv',
    store: n.store.intake,
    seen: { earlierLine: () => null, close: () => {} },
    clock: n.clock,
    log: { debug: silent, info: silent, warn: silent },
    again: false,
  });
}

describe('a dry run', () => {
  it('sends no close and leaves mappings, requests and intents as they were', async () => {
    const n = await populated(6);
    n.request([idOf(1), n.world.list()[3]?.id ?? ''], { force: true });
    n.request([n.world.list()[5]?.id ?? ''], { origin: 'webhook:wrapup' });
    const before = untouchables(n);
    const { run, counts, exitCode } = await n.dryRun();

    expect(untouchables(n)).toEqual(before);
    expect(n.simulator.log.filter(({ route }) => route === 'close')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(counts.wouldClose).toBeGreaterThan(5);
    expect(counts).toMatchObject({ closed: 0, left: 0, requested: 3 });
    expect(n.store.report.run(run.id)).toMatchObject({ dryRun: true, state: 'done' });
  });

  it('says exactly what a real run closes right after it, and keeps for the same reasons', async () => {
    const n = await populated(7);
    const dry = await n.dryRun();
    const real = await n.sweep();
    const inDry = new Map(n.recorded(dry.run.id).map((one) => [one.conversationId, one]));
    for (const { conversationId, outcome, reason } of n.recorded(real.run.id)) {
      const wanted = outcome === 'closed' ? 'would_close' : outcome;
      expect(inDry.get(conversationId)).toMatchObject({ outcome: wanted, reason });
    }
    expect(inDry.size).toBe(n.recorded(real.run.id).length);
    expect(n.agreement()).toEqual([]);
  });

  it('takes no budget, but says where a real run would stop', async () => {
    const n = await night({ conversations: [1, 2, 3, 4].map(stale) });
    const { exitCode, counts, message } = await n.dryRun({ maxCloses: 2 });
    expect({ exitCode, wouldClose: counts.wouldClose }).toEqual({ exitCode: 0, wouldClose: 4 });
    expect(message).toContain('A real run would stop after 2 (maxCloses).');
  });

  it('is no night that others are compared with', async () => {
    const n = await night({ conversations: [stale(1)] });
    await n.dryRun();
    expect(n.store.runs.baselines(10)).toEqual([]);
  });

  it('reports a conversation that cannot be read, like a real one', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('read', idOf(1), () => '503');
    const { exitCode, counts } = await n.dryRun();
    expect(exitCode).toBe(3);
    expect(counts).toMatchObject({ failed: 1, wouldClose: 1 });
  });
});

describe('the list of a dry run, imported as closes', () => {
  it('closes exactly those that nobody has touched since, and no others', async () => {
    const n = await night({ conversations: [1, 2, 3, 4, 5, 6].map(stale) });
    n.store.holds.hold([idOf(6)], n.clock.now() + 7 * DAY, n.clock.now());
    const dry = await n.dryRun();
    const list = closeList(n.recorded(dry.run.id).filter(({ outcome }) => outcome === 'would_close'));

    await n.later(2 * HOUR);
    n.world.touch(idOf(2), 'customer', n.clock.now());
    n.world.endByItself(idOf(3), n.clock.now());
    n.store.holds.hold([idOf(4)], n.clock.now() + DAY, n.clock.now());
    await n.later(HOUR);
    expect((await importList(n, list)).counts).toMatchObject({ accepted: 5, rejected: 0 });
    await n.later(MINUTE);
    const { counts } = await n.sweep({ onlyRequested: true });

    expect(counts).toMatchObject({ requested: 5, closed: 2, kept: 2, alreadyClosed: 1 });
    expect([1, 2, 3, 4, 5, 6].map((i) => n.story(idOf(i)).at(-1))).toEqual([
      'closed/requested',
      'kept/active_since_request',
      'already_closed/ended',
      'kept/on_hold',
      'closed/requested',
      undefined,
    ]);
    expect(n.outcomes(idOf(1)).at(-1)?.origin).toBe('csv:list.csv#2');
    expect(n.agreement()).toEqual([]);
  });

  it('asks as of the moment it was made: what is too old by then expires', async () => {
    const n = await night({ conversations: [stale(1)] });
    const dry = await n.dryRun();
    const list = closeList(n.recorded(dry.run.id));
    await n.later(49 * HOUR);
    await importList(n, list);
    const { counts, exitCode } = await n.sweep({ onlyRequested: true });
    expect({ exitCode, expired: counts.expired, closed: counts.closed }).toEqual({
      exitCode: 3,
      expired: 1,
      closed: 0,
    });
  });
});
