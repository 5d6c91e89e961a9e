import { describe, expect, it } from 'vitest';
import { type Kill, killAndResume } from './kill.ts';
import { aPlace } from './place.ts';
import { mappingOf } from './world.ts';

const nth = (route: 'token' | 'read' | 'close', n: number): Kill['at'] => {
  let seen = 0;
  return (request) => request.route === route && ++seen === n;
};

/** A second read of a conversation that has had its PATCH. */
const verifying: Kill['at'] = ({ route, conversationId }, { simulator }) =>
  route === 'read' &&
  simulator.log.some((request) => request.route === 'close' && request.conversationId === conversationId);

/** The first request of any kind after a PATCH was answered. */
const afterPatch: Kill['at'] = (_request, { simulator }) =>
  simulator.log.some(({ route, status }) => route === 'close' && status === 200);

const delayed = { closeEffect: { kind: 'delayed', ms: 300 } } as const;

const POINTS: readonly (readonly [string, () => Kill])[] = [
  ['with the first read', () => ({ at: nth('read', 1) })],
  ['when the first PATCH has come in, before it takes effect', () => ({ at: nth('close', 1) })],
  ['when a later PATCH has come in, before it takes effect', () => ({ at: nth('close', 4) })],
  ['when a PATCH has taken effect and is not answered', () => ({ at: nth('close', 1), carriedOut: true })],
  [
    'when a later PATCH has taken effect and is not answered',
    () => ({ at: nth('close', 5), carriedOut: true }),
  ],
  ['when a PATCH has been answered', () => ({ at: afterPatch })],
  ['while it waits for an end to show', () => ({ at: nth('close', 3), carriedOut: true, options: delayed })],
  ['during verification', () => ({ at: verifying, options: delayed })],
];

describe('a sweep that is killed', () => {
  it.each(POINTS)('%s loses nothing and closes nothing twice', async (_point, kill) => {
    const place = await killAndResume(kill());
    expect(place.count('token')).toBeLessThanOrEqual(2);
  });

  it('with a close under way is settled by the next as recovered', async () => {
    const place = await killAndResume({ at: nth('close', 1), carriedOut: true });
    const recovered = place.query("SELECT run_id, outcome, reason FROM outcomes WHERE detail = 'recovered'");
    expect(recovered.length).toBeGreaterThanOrEqual(1);
    for (const one of recovered) expect(one).toMatchObject({ run_id: 2, outcome: 'closed' });
  });
});

describe('an import that is killed', () => {
  it('in the middle of the file is made good by importing it again', async () => {
    const place = await aPlace();
    const csv = mappingOf(3_000);
    const child = place.start('import', 'mapping', '-');
    child.process.stdin.write(csv.slice(0, Math.floor(csv.length * 0.6)));
    while (rows() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.process.kill('SIGKILL');
    await child.ended;
    const before = rows();
    expect(before).toBeLessThan(3_000);

    place.file('mapping.csv', csv);
    const { code, json } = await place.run('import', 'mapping', 'mapping.csv', '--json');
    expect(code).toBe(0);
    expect(json.counts).toEqual({ rows: 3_000, accepted: 3_000 - before, unchanged: before, rejected: 0 });
    expect(rows()).toBe(3_000);
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);

    function rows(): number {
      try {
        return place.query('SELECT count(*) AS n FROM mappings')[0].n;
      } catch {
        return 0;
      }
    }
  });
});
