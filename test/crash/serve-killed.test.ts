import { expect, it } from 'vitest';
import { randomStream } from '../../src/simulator/random.ts';
import { everyKill, killsOfServe } from './serve/kills.ts';
import { playServe } from './serve/world.ts';
import { Stopwatch } from './strike.ts';
import { newTally, summaryOf } from './tally.ts';

const { CRASH_KILLS = '300', CRASH_SEED = '20261124' } = process.env;
/** One for ten of the other commands. */
const TARGET = Math.max(1, Math.round(Number(CRASH_KILLS) / 10));
const SEED = Number(CRASH_SEED);
const KILLS_PER_WORLD = 3;
const AT_A_TIME = 2;

it('serve, killed anywhere, loses nothing that it has accepted, and closes nothing twice', async () => {
  const session = { seed: SEED, watch: new Stopwatch(), tally: newTally() };
  const { tally } = session;
  const start = performance.now();
  const kills = killsOfServe(randomStream(SEED, 3));
  const worlds = Array.from({ length: Math.ceil(TARGET / KILLS_PER_WORLD) }, (_, i) => ({
    index: i + 1,
    kills: Array.from(
      { length: Math.min(KILLS_PER_WORLD, TARGET - i * KILLS_PER_WORLD) },
      () => kills.next().value,
    ),
  }));
  async function playOnAndOn(): Promise<void> {
    for (let world = worlds.shift(); world !== undefined; world = worlds.shift()) {
      await playServe(world.index, world.kills, session);
      process.stdout.write(`${tally.kills} of ${TARGET} kills of serve\n`);
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, playOnAndOn));
  process.stdout.write(summaryOf(tally, SEED, (performance.now() - start) / 1000));
  expect(tally.problems).toEqual([]);
  expect(tally.kills).toBe(TARGET);
  const { names, count } = everyKill(randomStream(0));
  if (TARGET >= count) expect([...names].filter((name) => !tally.hits.has(name))).toEqual([]);
});
