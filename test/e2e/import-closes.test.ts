import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aPlace } from './place.ts';
import { conversations, demandAgreement, idOf, map, stale } from './world.ts';

describe('import closes', () => {
  it('records requests that the next sweep serves first', async () => {
    const place = await aPlace({ conversations: stale(3) });
    map(place, 3);
    place.file('ids.txt', `${idOf(2)}\n${idOf(3)}\n`);
    expect((await place.runHere('import', 'closes', 'ids.txt')).code).toBe(0);
    expect(place.simulator.log).toEqual([]);
    const { json } = await place.runHere('sweep', '--only-requested', '--json');
    expect(json).toMatchObject({
      exitCode: 0,
      run: { scope: 'requested' },
      counts: { requested: 2, closed: 2 },
    });
    expect(place.query('SELECT conversation_id, origin, reason FROM outcomes ORDER BY id')).toEqual([
      { conversation_id: idOf(2), origin: 'csv:ids.txt#1', reason: 'requested' },
      { conversation_id: idOf(3), origin: 'csv:ids.txt#2', reason: 'requested' },
    ]);
    demandAgreement(place);
  });

  it('of the same file is refused, unless --again', async () => {
    const place = await aPlace({ conversations: stale(1) });
    place.file('ids.txt', `${idOf(1)}\n`);
    await place.runHere('import', 'closes', 'ids.txt');
    place.file('same.txt', `${idOf(1)}\n`);
    const refused = await place.runHere('import', 'closes', 'same.txt');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /^nightsweep: same\.txt was imported before .* as ids\.txt\); .*--again\.\n$/,
    );
    const again = await place.runHere('import', 'closes', 'same.txt', '--again');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('nothing changed, 1 already known.');
    expect(place.query('SELECT count(*) AS n FROM close_requests')).toEqual([{ n: 1 }]);
  });

  it('--now closes just those, and --results tells of each row in the order of the file', async () => {
    const place = await aPlace({
      conversations: conversations(['with_bot', 'with_bot', 'closed', 'with_bot', 'other_message_type']),
    });
    map(place, 5);
    const lines = [idOf(4), 'nonsense', idOf(3), idOf(77), idOf(5), idOf(1), idOf(4)];
    place.file('ids.csv', `conversation_id\n${lines.join('\n')}\n`);
    const { code, json } = await place.runHere(
      'import',
      'closes',
      'ids.csv',
      '--now',
      '--results',
      'done.csv',
      '--json',
    );
    expect(code).toBe(3);
    expect(json).toMatchObject({
      import: { kind: 'closes', file: 'ids.csv' },
      counts: { rows: 7, accepted: 5, changed: 0, unchanged: 0, rejected: 2 },
      run: { kind: 'close', scope: 'requested' },
      exitCode: 3,
    });
    const results = readFileSync(join(place.dir, 'done.csv'), 'utf8').trimEnd().split('\r\n');
    expect(results[0]).toBe('line,conversation_id,outcome,reason,detail');
    expect(results.slice(1).map((line) => line.split(',').slice(0, 4).join())).toEqual([
      `2,${idOf(4)},closed,requested`,
      '3,,rejected,invalid_id',
      `4,${idOf(3)},already_closed,ended`,
      `5,${idOf(77)},not_found,`,
      `6,${idOf(5)},kept,not_web_messaging`,
      `7,${idOf(1)},closed,requested`,
      `8,${idOf(4)},rejected,duplicate`,
    ]);
    expect(place.simulator.world.get(idOf(2))?.patches, 'not in the list').toBe(0);
    demandAgreement(place);
  });

  it('--now of more than 500 needs --yes', async () => {
    // Few of them are open, so that few must be closed.
    const isOpen = (n: number) => n % 20 === 0;
    const all = Array.from({ length: 501 }, (_, i) => i + 1);
    const kinds = all.map((n) => (isOpen(n) ? 'with_bot' : 'closed'));
    const place = await aPlace({ conversations: conversations(kinds) });
    place.file('ids.txt', `${all.map(idOf).join('\n')}\n`);
    const refused = await place.runHere('import', 'closes', 'ids.txt', '--now');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      '501 conversations are more than 500, and nobody said yes; nothing was closed',
    );
    expect(refused.stderr).toContain('add --again --yes');
    expect(place.simulator.log).toEqual([]);
    const { code, json } = await place.runHere(
      'import',
      'closes',
      'ids.txt',
      '--now',
      '--again',
      '--yes',
      '--json',
    );
    expect(code).toBe(0);
    const outcomes = json.results.map(({ conversationId, outcome }: Record<string, string>) => [
      conversationId,
      outcome,
    ]);
    expect(outcomes).toEqual(all.map((n) => [idOf(n), isOpen(n) ? 'closed' : 'already_closed']));
    expect(place.count('close')).toBe(25);
    demandAgreement(place);
  });
});
