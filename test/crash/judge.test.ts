import { expect, it } from 'vitest';
import type { AccountEntry } from '../../src/simulator/account.ts';
import { randomStream } from '../../src/simulator/random.ts';
import { aPlace } from '../e2e/place.ts';
import { judge, judgeEnd } from './judge.ts';
import { type Recorded, readRecord } from './record.ts';
import { strike } from './strike.ts';
import { CrashWorld } from './world.ts';

/** A world with two stale conversations, a fresh one, an ended one, and a request for one that no mapping knows. */
async function aWorld(): Promise<{ world: CrashWorld; account: () => readonly AccountEntry[] }> {
  const place = await aPlace({ conversations: [] });
  const traits = { contract: 'platform', survey: true, concurrency: 1, stubborn: false } as const;
  const world = new CrashWorld(place, traits, randomStream(1), 'none');
  world.map(world.add(['with_bot', 'with_bot', 'recently_active', 'closed'], { mapped: true }));
  const [asked = ''] = world.add(['waiting_in_queue'], { mapped: false });
  world.noteAsked([asked]);
  place.execute(`
    INSERT INTO close_requests (conversation_id, origin, requested_at)
    VALUES ('${asked}', 'csv:x#1', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`);
  return { world, account: () => place.simulator.world.account() };
}

const matches = <T extends object>(row: T, which: Partial<T>) =>
  Object.entries(which).every(([key, value]) => row[key as keyof T] === value);
const without = <T extends object>(rows: readonly T[], which: Partial<T>): T[] =>
  rows.filter((row) => !matches(row, which));
const changed = <T extends object>(rows: readonly T[], which: Partial<T>, to: Partial<T>): T[] =>
  rows.map((row) => (matches(row, which) ? { ...row, ...to } : row));

it('a record that is not what happened is noticed at the end', async () => {
  const { world, account } = await aWorld();
  const { code } = await world.place.run('sweep');
  expect(code).toBe(0);
  const record = readRecord(world.place.database);
  expect(judgeEnd(record, account())).toEqual([]);
  expect(world.problemsAtEnd()).toEqual([]);

  const closed = record.outcomes.find(({ outcome, origin }) => outcome === 'closed' && origin === 'schedule');
  const kept = record.outcomes.find(({ outcome }) => outcome === 'kept');
  if (closed === undefined || kept === undefined) throw new Error('the sweep has closed or kept nothing');
  const { conversation_id } = closed;
  const wrong: Record<string, Partial<Recorded>> = {
    'an outcome deleted': { outcomes: without(record.outcomes, { id: closed.id }) },
    'an outcome twice': { outcomes: [...record.outcomes, { ...closed, id: 99 }] },
    'a close that was none': { outcomes: changed(record.outcomes, { id: kept.id }, { outcome: 'closed' }) },
    'a close recorded as an end': {
      outcomes: changed(record.outcomes, { id: closed.id }, { outcome: 'already_closed' }),
    },
    'an intent left': { intents: [{ conversation_id }] },
    'a mapping left open': { mappings: changed(record.mappings, { conversation_id }, { state: 'open' }) },
    'a run left running': { runs: changed(record.runs, { id: 1 }, { state: 'running' }) },
    'a request not answered': {
      requests: changed(record.requests, { id: 1 }, { settled_at: null, outcome: null }),
    },
    'a request answered by nothing': {
      requests: changed(record.requests, { id: 1 }, { settled_at: '2026-01-01T00:00:00.000Z' }),
    },
    'a damaged page': { damage: ['page 7 is never used'] },
  };
  for (const [what, change] of Object.entries(wrong)) {
    expect(judgeEnd({ ...record, ...change }, account()), what).not.toEqual([]);
  }
  for (const table of ['outcomes', 'requests', 'runs'] as const) {
    expect(judge({ ...record, [table]: [] }, [], record), `rows of ${table} that are gone`).not.toEqual([]);
  }
});

it('an intent removed by hand after a kill is noticed at once', async () => {
  const { world, account } = await aWorld();
  const kill = { by: 'simulator', route: 'close', nth: 1, carriedOut: true } as const;
  expect((await strike(world, ['sweep'], kill, 0)).hit).toBe(true);
  expect(world.problems()).toEqual([]);
  expect(judgeEnd(readRecord(world.place.database), account())).not.toEqual([]);
  world.place.execute('DELETE FROM intents');
  expect(world.problems()).toEqual([expect.stringContaining('and no intent is left')]);
});

it('a close of what must stay open, and a second one, are noticed as they come in', async () => {
  const { world } = await aWorld();
  const [stale, , fresh] = [...world.facts.keys()];
  const patch = (id = '') =>
    fetch(`${world.place.url}/api/v2/conversations/messages/${id}`, { method: 'PATCH', body: '{}' });
  await patch(fresh);
  expect(world.problems()).toEqual([`${fresh}: a close was sent, and it is recently_active`]);
  await patch(stale);
  expect(world.problems()).toEqual([]);
  world.place.simulator.world.close(stale ?? '', null);
  await patch(stale);
  expect(world.problems()).toContainEqual(`${stale}: a close was sent, and it had been closed already`);
});

it('a kill that comes too late is no kill', async () => {
  const { world } = await aWorld();
  const never = { by: 'trap', step: 'intent: after commit', nth: 99 } as const;
  expect(await strike(world, ['sweep'], never, 0)).toMatchObject({ hit: false, ended: { code: 0 } });
});
