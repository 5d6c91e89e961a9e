import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import type { Interceptor } from '../../src/simulator/exchange.ts';
import { aSmallDisk, demandEveryCloseOnRecord, demandRecovery, demandRefusal } from './disk.ts';
import { BACK_TO_SCHEMA_1, conversations, HEADER, idOf, map, mappingOf, row, stale } from './world.ts';

type Route = Parameters<Interceptor>[0]['route'];

const NO_SPACE = /^nightsweep: There is no space left for the database [^\n]+; free some and run again\.$/;
/** Far more than are ever in flight, so that one that goes on is told from one that stops. */
const COUNT = 30;

describe('a disk that is full', () => {
  it.each([
    ['at the row of the run', 'token', 1, 0],
    ['at the first intent', 'read', 1, 0],
    ['at a later intent', 'read', 12, 0],
    ['at the outcome after a PATCH', 'close', 1, 1],
    ['at a later outcome after a PATCH', 'close', 6, 6],
  ] as const)('%s ends the sweep with 9 and sends no close after it', async (_at, route, nth, closes) => {
    const { place, fill, free } = await aSmallDisk({ conversations: stale(COUNT) });
    map(place, COUNT);
    let seen = 0;
    place.simulator.intercept((request) => {
      if (request.route === (route satisfies Route) && ++seen === nth) fill();
      return null;
    });
    demandRefusal(await place.run('sweep'), NO_SPACE, place.database);
    // Nothing is between the write that fails and those that were under way already.
    expect(place.count('close')).toBeGreaterThanOrEqual(closes);
    expect(place.count('close')).toBeLessThan(COUNT);
    free();
    demandEveryCloseOnRecord(place);
    await demandRecovery(place, COUNT);
  });

  it('at the end of the run ends it with 9 too, though all is done', async () => {
    const { place, fill, free } = await aSmallDisk({ conversations: conversations(['with_bot', 'closed']) });
    map(place, 2);
    // One that is only watched, and brings no news: after it there is nothing but the run's own end to record.
    const hourAgo = toIso(Date.now() - HOUR);
    place.execute(
      `UPDATE mappings SET state = 'closed', state_at = '${hourAgo}' WHERE conversation_id = '${idOf(2)}'`,
    );
    place.simulator.intercept(({ conversationId }) => {
      if (conversationId === idOf(2)) fill();
      return null;
    });
    demandRefusal(await place.run('sweep', '--no-survey'), NO_SPACE, place.database);
    free();
    expect(place.query('SELECT outcome FROM outcomes')).toEqual([{ outcome: 'closed' }]);
    await demandRecovery(place, 1);
    expect(place.query('SELECT state FROM runs')).toEqual([{ state: 'interrupted' }, { state: 'done' }]);
  });

  it('in the middle of an import keeps the rows that were in, and importing again adds the rest', async () => {
    const { place, fill, free } = await aSmallDisk();
    const rows = 4_000;
    const lines = mappingOf(rows).split('\n');
    const child = place.start('import', 'mapping', '-');
    child.process.stdin.write(`${lines.slice(0, 2_500).join('\n')}\n`);
    const imported = () => {
      try {
        return place.query('SELECT count(*) AS n FROM mappings')[0].n as number;
      } catch {
        return 0;
      }
    };
    while (imported() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    fill();
    child.process.stdin.end(lines.slice(2_500).join('\n'));
    demandRefusal(await child.ended, NO_SPACE, place.database);
    free();
    const before = imported();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(rows);

    place.file('mapping.csv', lines.join('\n'));
    const { json } = await place.run('import', 'mapping', 'mapping.csv', '--json');
    expect(json.counts).toEqual({
      rows,
      accepted: rows - before,
      changed: 0,
      unchanged: before,
      rejected: 0,
    });
  });

  it('during a backup leaves no half copy, and the database as it was', async () => {
    const { place, fill, free } = await aSmallDisk();
    map(place, 500);
    fill();
    const { code, stderr } = await place.run('db', 'backup', 'disk/copy.db');
    expect({ code, stderr }).toEqual({ code: 9, stderr: expect.stringMatching(/no space left[^\n]+\.\n$/) });
    free();
    expect(readdirSync(join(place.dir, 'disk')).filter((name) => name.includes('copy'))).toEqual([]);
    expect((await place.run('db', 'backup', 'disk/copy.db')).code).toBe(0);
  });

  it('during a migration leaves the schema as it was, and the next command brings it up to date', async () => {
    const { place, fill, free } = await aSmallDisk();
    await place.run('db', 'migrate');
    const latest = place.query('PRAGMA user_version')[0].user_version;
    place.execute(`
      INSERT INTO mappings (conversation_id, session_id, started_at)
        VALUES ('${idOf(1)}', 'web-1', '2026-01-01T00:00:00.000Z');
      ${BACK_TO_SCHEMA_1}`);
    fill();
    demandRefusal(await place.run('db', 'migrate'), /no space left/, place.database);
    free();
    expect(place.query('PRAGMA user_version')).toEqual([{ user_version: 1 }]);
    expect((await place.run('db', 'migrate')).stdout).toContain(`was brought from schema 1 to ${latest}`);
    expect(place.query('SELECT session_id FROM mappings')).toEqual([{ session_id: 'web-1' }]);
  });
});

it('a close request that finds no room says so, and was not recorded', async () => {
  const { place, fill, free } = await aSmallDisk({ conversations: stale(2) });
  map(place, 1);
  place.file('more.csv', `${HEADER}\n${row(2)}\n`);
  fill();
  demandRefusal(await place.run('close', idOf(1)), NO_SPACE, place.database);
  demandRefusal(await place.run('import', 'mapping', 'more.csv'), NO_SPACE, place.database);
  demandRefusal(await place.run('hold', idOf(1), '--for', '1d'), NO_SPACE, place.database);
  free();
  expect(place.count('close')).toBe(0);
  expect(place.query('SELECT * FROM close_requests')).toEqual([]);
  expect(place.query('SELECT hold_until FROM mappings')).toEqual([{ hold_until: null }]);
});
