import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace, type Place } from './place.ts';
import { conversations, demandAgreement, everything, idOf, map } from './world.ts';

const KINDS = [
  ...(['with_bot', 'with_bot', 'closed', 'never_wrote', 'parked'] as const),
  ...(['with_bot', 'recently_active', 'with_bot'] as const),
];
/** What a dry run would close. */
const STALE = [1, 2, 4, 6, 8].map(idOf);

describe('a dry run', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({ conversations: conversations(KINDS) });
    map(place, KINDS.length);
    place.file('ask.txt', `${idOf(6)}\n`);
    await place.runHere('import', 'closes', 'ask.txt');
  });
  afterAll(() => place.leave());

  it('sends no PATCH and leaves everything as it was but for its run and outcomes', async () => {
    const before = everything(place, 'runs', 'outcomes');
    const { code, stdout, stderr } = await place.runHere('sweep', '-n', '--out', 'list.csv');
    expect(code).toBe(0);
    expect(stdout).toContain('Dry run 1, full sweep, done');
    expect(stdout).toMatch(/Would close 5, kept 2, 1 had already ended, 0 left\.\n$/);
    expect(stderr).toMatch(/import closes \S+ --now/);
    expect(place.count('close')).toBe(0);
    expect(everything(place, 'runs', 'outcomes')).toEqual(before);
    expect(place.query('SELECT kind, dry_run FROM runs')).toEqual([{ kind: 'sweep', dry_run: 1 }]);
  });

  it('says where the budget of a real run would end', async () => {
    const { stdout } = await place.runHere('sweep', '-n', '--max-closes', '2');
    expect(stdout).toContain('Would close 5');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('A real run would stop after 2 (maxCloses).');
  });

  it('writes a list that somebody can read and sign', () => {
    const [header, ...rows] = readFileSync(join(place.dir, 'list.csv'), 'utf8').trimEnd().split('\r\n');
    expect(header).toMatch(/^conversation_id,reason,as_of,session_id,/);
    expect(rows.map((row) => row.split(',')[0]).sort()).toEqual(STALE);
  });

  it('does not overwrite a list', async () => {
    const before = readFileSync(join(place.dir, 'list.csv'), 'utf8');
    const { code, stderr } = await place.runHere('sweep', '-n', '--out', 'list.csv');
    expect(code).toBe(2);
    expect(stderr).toBe('nightsweep: list.csv exists already; name a file that does not.\n');
    expect(readFileSync(join(place.dir, 'list.csv'), 'utf8')).toBe(before);
  });

  it('counts in no report', async () => {
    const { json } = await place.runHere('report', '--json');
    expect(json.totals).toMatchObject({ would_close: 0, kept: 0, already_closed: 0 });
  });

  it('its list, imported as closes, closes exactly those that are untouched since', async () => {
    const { world } = place.simulator;
    world.touch(idOf(1), 'customer', Date.now());
    world.endByItself(idOf(2), Date.now());
    world.endByItself(idOf(4), Date.now());
    world.revive(idOf(4), Date.now());
    const { code, json } = await place.runHere('import', 'closes', 'list.csv', '--now', '--json');
    expect(code).toBe(3);
    const outcomes = Object.fromEntries(
      json.results.map((result: { conversationId: string; outcome: string }) => [
        result.conversationId,
        result.outcome,
      ]),
    );
    expect(outcomes).toEqual({
      [idOf(1)]: 'kept',
      [idOf(2)]: 'already_closed',
      [idOf(4)]: 'kept',
      [idOf(6)]: 'closed',
      [idOf(8)]: 'closed',
    });
    expect(place.count('close')).toBe(2);
    demandAgreement(place);
  });
});
