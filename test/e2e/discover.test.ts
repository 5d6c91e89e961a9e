import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, toIso } from '../../src/domain/time.ts';
import { population } from '../../src/simulator/population.ts';
import { type ConversationRecord, isActive } from '../../src/simulator/record.ts';
import { aPlace, type Place } from './place.ts';
import { demandAgreement, everything, idOf, map, stale } from './world.ts';

const QUERY = '/api/v2/analytics/conversations/details/query';
const ids = (list: readonly { conversationId: string }[]) => list.map(({ conversationId }) => conversationId);

/** Kinds that no default keeps open. */
const STALE = ['with_bot', 'never_wrote', 'agent_customer_silent', 'after_call_work'];

/** What is open in the simulator's world, is web messaging, and began between a month and a day ago. */
function openIn({ simulator }: Place): ConversationRecord[] {
  const now = Date.now();
  return simulator.world
    .list()
    .filter((one) => isActive(one) && one.messageType === 'webmessaging')
    .filter(({ startedAt }) => startedAt >= now - 30 * DAY && startedAt < now - DAY);
}

/** Resolves when the nth query has come in; it is never answered. */
function hangAt(place: Place, nth: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve) => {
    place.simulator.intercept(({ route }) => {
      if (route !== 'query' || ++seen < nth) return null;
      resolve();
      return 'timeout';
    });
  });
}

describe('discover', () => {
  it('lists exactly what is open and in no mapping; by way of its CSV the next sweep closes what is stale', async () => {
    const all = population(7, 150, Date.now());
    // So few in one call that the weeks must be cut.
    const place = await aPlace({ conversations: all, heavyQuery: { conversations: 30, status: 502 } });
    await place.runHere('db', 'migrate');
    const mapped = all.filter((_, n) => n % 2 > 0);
    const rows = mapped.map(({ id, startedAt }) => `('${id}', 'web-1', '${toIso(startedAt)}')`).join(', ');
    place.execute(`INSERT INTO mappings (conversation_id, session_id, started_at) VALUES ${rows}`);
    const before = everything(place);
    const truth = openIn(place).map(({ id }) => id);
    const known = new Set(mapped.map(({ id }) => id));

    const { code, json } = await place.run('discover', '--out', 'open.csv', '--json');
    expect(code).toBe(0);
    expect(ids(json.conversations).sort()).toEqual(truth.filter((id) => !known.has(id)).sort());
    expect(json.counts).toMatchObject({ mapped: truth.filter((id) => known.has(id)).length, unreadable: 0 });
    expect(json).toMatchObject({ complete: true, gaps: [] });
    expect(place.simulator.log.filter(({ path, status }) => path === QUERY && status === 502)).not.toEqual(
      [],
    );
    expect(everything(place), 'nothing was recorded').toEqual(before);
    expect(statSync(join(place.dir, 'open.csv')).mode & 0o777).toBe(0o600);

    const imported = await place.runHere('import', 'mapping', 'open.csv', '--json');
    expect(imported).toMatchObject({ code: 0, json: { counts: { accepted: json.conversations.length } } });
    const [first] = json.conversations;
    const query = `SELECT session_id, last_activity_at FROM mappings WHERE conversation_id = '${first.conversationId}'`;
    expect(place.query(query)).toEqual([
      { session_id: `discovered:${first.conversationId}`, last_activity_at: null },
    ]);
    expect((await place.runHere('discover', '--json')).json.counts).toMatchObject({
      unmapped: 0,
      mapped: truth.length,
    });

    expect((await place.runHere('sweep', '--json')).code).toBe(0);
    demandAgreement(place);
    const closed = new Set(
      place
        .query("SELECT conversation_id FROM outcomes WHERE outcome = 'closed'")
        .map((row) => row.conversation_id),
    );
    const isStale = (id: string) => STALE.includes(place.simulator.world.get(id)?.kind ?? '');
    const discoveredAndStale = ids(json.conversations).filter(isStale);
    expect(discoveredAndStale.length).toBeGreaterThan(2);
    expect(discoveredAndStale.filter((id) => !closed.has(id))).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'stopped by %s tells what it has found, says that there is more, and exits %i',
    async (signal, code) => {
      const place = await aPlace({ conversations: population(7, 300, Date.now()) });
      map(place, 0);
      const reached = hangAt(place, 5);
      const discover = place.start('discover', '--out', 'some.csv', '--json');
      await reached;
      discover.process.kill(signal);
      const ended = await discover.ended;
      expect(ended).toMatchObject({ code, signal: null });
      expect(ended.json).toMatchObject({ complete: false, exitCode: code });
      expect(ended.json.message).toContain('The list is not complete. Interrupted');
      const lines = readFileSync(join(place.dir, 'some.csv'), 'utf8').trimEnd().split('\r\n').slice(1);
      expect(lines).toHaveLength(ended.json.conversations.length);
      expect(lines.length).toBeGreaterThan(0);
    },
  );
});

describe('discover --missing', () => {
  it('lists open mappings that analytics does not know; --verify proves it, and a sweep records it', async () => {
    const place = await aPlace({ conversations: stale(3) });
    map(place, 5);
    place.simulator.world.forget(idOf(2));
    const before = everything(place);
    const listed = await place.runHere('discover', '--missing', '--json');
    expect(listed.code).toBe(0);
    expect(ids(listed.json.mappings)).toEqual([idOf(2), idOf(4), idOf(5)]);
    expect(listed.json).toMatchObject({ counts: { missing: 3, asked: 5 }, complete: true });
    expect(place.count('read')).toBe(0);

    const verified = await place.runHere('discover', '--missing', '--verify');
    expect(verified.stdout).toMatch(new RegExp(`^${idOf(4)}  \\S+ \\S+  web-4    not found$`, 'm'));
    expect(verified.stdout).toContain('3 of these do not exist.');
    expect(Math.max(...verified.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(everything(place), 'nothing was recorded').toEqual(before);

    expect((await place.runHere('sweep', '--json')).json.counts).toMatchObject({ notFound: 3, closed: 2 });
    expect((await place.runHere('discover', '--missing', '--json')).json.counts.missing).toBe(0);
  });
});
