import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { everyPlace } from './deck.ts';
import { worlds } from './plan.ts';
import { play } from './play.ts';
import { programOfTomorrow } from './scenes/migrate.ts';
import { Stopwatch } from './strike.ts';
import { newTally, summaryOf } from './tally.ts';

const { CRASH_KILLS = '300', CRASH_SEED = '20261124', CRASH_WORLD } = process.env;
const TARGET = Number(CRASH_KILLS);
const SEED = Number(CRASH_SEED);
/** Many of them wait for an end to show. */
const AT_A_TIME = 6;
/** Enough to see what is wrong. */
const MOST_PROBLEMS = 20;

it('killed anywhere, it loses nothing, closes nothing twice, and nothing that it should not', async () => {
  const tally = newTally();
  const folder = mkdtempSync(join(tmpdir(), 'nightsweep-tomorrow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const session = {
    seed: SEED,
    programOfTomorrow: programOfTomorrow(folder),
    watch: new Stopwatch(),
    tally,
  };
  const start = performance.now();

  const plans = worlds(SEED);
  /** Kills that the worlds so far have brought or, while they are in progress, may bring. */
  let promised = 0;
  async function playOnAndOn(): Promise<void> {
    while (promised < TARGET && tally.problems.length < MOST_PROBLEMS) {
      const plan = plans.next().value;
      promised += plan.cards.length;
      const kills = await play(plan, session);
      promised -= plan.cards.length - kills;
      process.stdout.write(`${tally.kills} of ${TARGET} kills\n`);
    }
  }

  if (CRASH_WORLD === undefined) {
    await Promise.all(Array.from({ length: AT_A_TIME }, playOnAndOn));
  } else {
    for (const plan of plans) {
      if (plan.index !== Number(CRASH_WORLD)) continue;
      process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
      await play(plan, session);
      break;
    }
  }
  process.stdout.write(summaryOf(tally, SEED, (performance.now() - start) / 1000));
  expect(tally.problems).toEqual([]);
  if (CRASH_WORLD !== undefined) return;
  expect(tally.kills).toBeGreaterThanOrEqual(TARGET);
  const { names, cards } = everyPlace();
  if (TARGET >= cards) expect([...names].filter((name) => !tally.hits.has(name))).toEqual([]);
});
