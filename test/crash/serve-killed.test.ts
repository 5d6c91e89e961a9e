import { expect, it, onTestFinished } from 'vitest';
import { randomStream } from '../../src/simulator/random.ts';
import { everyKill, killsOfServe } from './serve/kills.ts';
import { openServerWorld, playServe, workToTheEnd } from './serve/world.ts';
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

it('what was accepted and is on record no more, or was never worked on, is noticed', async () => {
  const served = await openServerWorld(randomStream(1));
  const { sender, world } = served;
  onTestFinished(() => world.place.leave());
  expect(await workToTheEnd(served)).toEqual([]);
  const of = (n: number) => `WHERE identity = 'webhook-id:msg_${n}'`;
  const first = (table: string, where: string) => `DELETE FROM ${table} WHERE conversation_id = (
    SELECT min(conversation_id) FROM ${table} WHERE ${where})`;
  const wrong = {
    'msg_0 was answered with 202, and 0 are on record': `DELETE FROM events ${of(0)}`,
    'msg_1 is not settled': `UPDATE events SET settled_at = NULL, outcome = NULL ${of(1)}`,
    'other is on record, and was never sent': `UPDATE events SET identity = 'other' ${of(2)}`,
    'closure of': first('close_requests', "origin = 'http'"),
    'mapping of': first('mappings', 'true'),
  };
  for (const [what, sql] of Object.entries(wrong)) {
    expect(sender.problemsAtEnd()).not.toContainEqual(expect.stringContaining(what));
    world.place.execute(sql);
    expect(sender.problemsAtEnd()).toContainEqual(expect.stringContaining(what));
  }
  expect(world.problems()).toContainEqual(expect.stringMatching(/^request \d+ for .* is lost/));
});
