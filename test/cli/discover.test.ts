import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { population } from '../../src/simulator/population.ts';
import { aPlace, type Place } from '../e2e/place.ts';
import { conversations, demandAgreement, everything, idOf, map, stale } from '../e2e/world.ts';
import { runMain } from './running.ts';

const ids = (list: readonly { conversationId: string }[]) => list.map(({ conversationId }) => conversationId);

/** A simulator and a folder, with commands that run in this process. */
async function aPlaceHere(options: Partial<SimulatorOptions>): Promise<Place> {
  const place = await aPlace(options);
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      sleep(ms, undefined, { signal }).catch(() => signal?.throwIfAborted()),
  };
  return {
    ...place,
    run: async (...argv) => {
      const ended = await runMain(argv, { cwd: place.dir, env: place.env, clock });
      return { ...ended, signal: null, json: argv.includes('--json') ? JSON.parse(ended.stdout) : null };
    },
  };
}

describe('discover', () => {
  it('shows a list of 80 columns to people', async () => {
    const place = await aPlaceHere({
      conversations: conversations(['with_bot', 'agent_customer_silent', 'parked']),
    });
    map(place, 1);
    const { code, stdout } = await place.run('discover');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${idOf(2)}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  1d \\d+h +[0-9a-f]{8}  yes$`, 'm'),
    );
    expect(stdout).toContain('2 open conversations are not in the mapping; 1 is.');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await place.run('discover', '--quiet')).stdout).toBe(
      '2 open conversations are not in the mapping; 1 is.\n',
    );
  });

  it('--import adds them by the rules of any import, and leaves what is mapped alone', async () => {
    const place = await aPlaceHere({ conversations: stale(4) });
    map(place, 2);
    place.execute(
      `UPDATE mappings SET hold_until = '2999-01-01T00:00:00.000Z' WHERE conversation_id = '${idOf(1)}';
       UPDATE mappings SET state = 'gone', state_at = started_at WHERE conversation_id = '${idOf(2)}';`,
    );
    const mapped = place.query('SELECT * FROM mappings ORDER BY 1');
    const { code, json } = await place.run('discover', '--import', '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      counts: { unmapped: 2, mapped: 2, mappedAsEnded: 1 },
      import: { accepted: 2, unchanged: 0, rejected: 0 },
    });
    expect(json.message).toContain('2 added to it');
    expect(place.query('SELECT * FROM mappings ORDER BY 1').slice(0, 2)).toEqual(mapped);
    expect(place.query('SELECT session_id, source FROM mappings ORDER BY conversation_id').slice(2)).toEqual(
      [3, 4].map((n) => ({ session_id: `discovered:${idOf(n)}`, source: 'discover' })),
    );
    expect(place.query('SELECT kind, file FROM imports')).toEqual([{ kind: 'mapping', file: 'discover' }]);
    await place.run('sweep');
    expect(place.simulator.world.get(idOf(1))?.patches, 'on hold').toBe(0);
    demandAgreement(place);
  });

  it('a session that is told later takes the place of the discovered one', async () => {
    const place = await aPlaceHere({ conversations: stale(1) });
    expect((await place.run('discover', '--import')).code).toBe(0);
    place.file('late.csv', `session_id,conversation_id,started_at\nweb-1,${idOf(1)},2026-01-01T00:00:00Z\n`);
    expect((await place.run('import', 'mapping', 'late.csv')).code).toBe(0);
    expect(place.query('SELECT session_id FROM mappings')).toEqual([{ session_id: 'web-1' }]);
  });

  it('only of some queues or users, and what has ended meanwhile is for the sweep to find out', async () => {
    const place = await aPlaceHere({
      conversations: conversations(['waiting_in_queue', 'agent_customer_silent', 'with_bot']),
      analyticsLagMs: 10 * MINUTE,
    });
    map(place, 0);
    const { participants } = place.simulator.world.get(idOf(2)) ?? { participants: [] };
    const { userId, queueId } = participants.at(-1) ?? {};
    place.simulator.world.endByItself(idOf(2), Date.now());
    const byUser = await place.run('discover', '--user', String(userId), '--import', '--json');
    expect(ids(byUser.json.conversations)).toEqual([idOf(2)]);
    const byQueue = await place.run('discover', '--queue', String(queueId).toUpperCase(), '--json');
    expect(ids(byQueue.json.conversations)).not.toContain(idOf(3));
    expect((await place.run('sweep', '--json')).json.counts).toMatchObject({ closed: 0, alreadyClosed: 1 });
  });

  it('--limit lists no more, says so and exits 6', async () => {
    const place = await aPlaceHere({ conversations: stale(5) });
    map(place, 1);
    const { code, json } = await place.run('discover', '--limit', '2', '--out', 'two.csv', '--json');
    expect(code).toBe(6);
    expect(json).toMatchObject({ counts: { unmapped: 2 }, complete: false, exitCode: 6 });
    expect(readFileSync(join(place.dir, 'two.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(3);
  });

  it.each([
    [
      'the permission is missing',
      { missingPermissions: ['analytics:conversationDetail:view'] },
      4,
      'analytics:conversationDetail:view',
    ],
    [
      'analytics answers nothing but errors',
      { heavyQuery: { conversations: 0, status: 400 as const } },
      8,
      'answers for no part',
    ],
  ])('when %s names it, writes no file and changes nothing', async (_when, options, code, says) => {
    const place = await aPlaceHere({ conversations: population(7, 300, Date.now()), ...options });
    map(place, 1);
    const before = everything(place);
    const ended = await place.run('discover', '--import', '--out', 'open.csv');
    expect(ended.stderr).toMatch(/^nightsweep: [^\n]+\.\n$/);
    expect(ended.stderr).toContain(says);
    expect(ended.code).toBe(code);
    expect(everything(place)).toEqual(before);
    expect(existsSync(join(place.dir, 'open.csv'))).toBe(false);
  });

  it('is kept from the credentials of another organisation', async () => {
    const place = await aPlaceHere({ conversations: stale(1) });
    map(place, 0);
    place.env.NIGHTSWEEP_EXPECT_ORGANIZATION = 'Somebody Else Ltd';
    const { code, stderr } = await place.run('discover', '--import');
    expect(code).toBe(5);
    expect(stderr).toContain('not to Somebody Else Ltd');
    expect(place.query('SELECT * FROM mappings')).toEqual([]);
  });
});

describe('discover --missing', () => {
  it('leaves out what analytics cannot know yet, and is not deceived by it where it is asked for', async () => {
    const place = await aPlaceHere({ conversations: stale(1), analyticsLagMs: 10 * DAY });
    map(place, 1);
    place.execute(`UPDATE mappings SET started_at = '${new Date(Date.now() - 20 * MINUTE).toISOString()}'`);
    expect((await place.run('discover', '--missing', '--json')).json.counts).toEqual({
      missing: 0,
      asked: 0,
    });
    const until = new Date(Date.now() + HOUR).toISOString();
    const { json } = await place.run('discover', '--missing', '--until', until, '--verify', '--json');
    expect(json.mappings).toMatchObject([{ conversationId: idOf(1), verified: 'active', why: null }]);
  });
});
