import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { makeConversation } from '../../src/simulator/kinds.ts';
import { randomStream } from '../../src/simulator/random.ts';
import { openPlace, type Place } from './place.ts';
import { everything, HEADER, idOf } from './world.ts';

/** Kept by one policy, closed by the other; the last is an hour old and closed by neither. */
const IDLE_HOURS = [30, 30, 14, 14, 14, 1];
const started = toIso(Date.now() - 3 * DAY);

describe('report --what-if', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({
      conversations: IDLE_HOURS.map((hours, i) =>
        makeConversation({
          id: idOf(i + 1),
          kind: 'with_bot',
          now: Date.now(),
          random: randomStream(i + 1),
          idleMs: hours * HOUR,
        }),
      ),
    });
    const rows = IDLE_HOURS.map((_, i) => `web-${i + 1},${idOf(i + 1)},${started},,`);
    place.file('mapping.csv', [HEADER, ...rows, ''].join('\n'));
    await place.runHere('import', 'mapping', 'mapping.csv');
    await place.runHere('sweep');
    place.simulator.world.touch(idOf(3), 'customer', Date.now());
    await place.runHere('sweep');
  });
  afterAll(() => place.leave());

  it('says from two nights what half the patience would have closed, and who came back', async () => {
    const [before, reads] = [everything(place), place.count('read')];
    const { code, json } = await place.runHere('report', '--what-if', 'stale-after=12h', '--json');
    expect(code).toBe(0);
    expect(json).toEqual({
      since: expect.any(String),
      until: expect.any(String),
      timeZone: 'UTC',
      whatIf: { staleAfter: '12h' },
      closed: 2,
      wouldHaveClosed: 5,
      more: { conversations: 3, cameBack: 1, endedAnyway: 0 },
      sooner: { conversations: 0, cameBack: 0 },
      fewer: { conversations: 0, dueLater: 0 },
      unknown: 0,
      atLeast: true,
      detailSince: null,
    });
    const { stdout } = await place.runHere('report', '--what-if', 'stale-after=12h');
    expect(stdout).toMatch(/^If staleAfter were 12h, .*\(UTC\)\n/s);
    expect(stdout).toMatch(/\n {4}more, at least +3 {2}1 came back to life later\n/);
    expect([everything(place), place.count('read')]).toEqual([before, reads]);
  });

  it('agrees with what a sweep with that policy then closes, but for who came back', async () => {
    const { json } = await place.runHere('sweep', '--stale-after', '12h', '--accept-policy', '--json');
    expect(json.counts).toMatchObject({ closed: 2, kept: 2 });
  });

  it('a longer patience would have kept some, and each night is asked by the policy that it had', async () => {
    const { json } = await place.runHere('report', '--what-if', 'staleAfter=48h', '--json');
    expect(json).toMatchObject({ closed: 4, wouldHaveClosed: 0, fewer: { conversations: 4, dueLater: 0 } });
    const { json: same } = await place.runHere('report', '--what-if', 'stale-after=24h', '--json');
    expect(same).toMatchObject({
      closed: 4,
      wouldHaveClosed: 2,
      fewer: { conversations: 2 },
      atLeast: false,
    });
  });

  it('counts nothing of what pruning has left of older nights, and says that those are left out', async () => {
    place.execute(`INSERT INTO outcome_summaries (slot_at, run_id, outcome, origin, n, requests)
      VALUES ('${toIso(Date.now()).slice(0, 10)}T23:45:00.000Z', 1, 'closed', 'schedule', 1, 1)`);
    const { stdout } = await place.runHere('report', '--what-if', 'stale-after=12h');
    expect(stdout).toMatch(/^ {2}closed as it was +0$/m);
    expect(stdout).toMatch(/What was decided before \d{4}-\d\d-\d\d was pruned and is left out\./);
  });
});
