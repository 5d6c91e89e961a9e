import { statSync } from 'node:fs';
import { randomStream } from '../../src/simulator/random.ts';
import { openPlace, type Place } from '../e2e/place.ts';
import { earlier, nameOf } from './kill.ts';
import { passTime } from './nights.ts';
import type { Dealt, WorldPlan } from './plan.ts';
import { SCENES } from './scenes.ts';
import { type Stopwatch, strike } from './strike.ts';
import { countKill, type Tally } from './tally.ts';
import { CrashWorld } from './world.ts';

/** A close shows its end earlier than this, or never. */
const VERIFY_FOR = '2s';

/** Whatever comes too late is tried again, earlier. */
const MOST_ATTEMPTS = 3;

/** What all worlds have in common. */
export interface Session {
  readonly seed: number;
  readonly programOfTomorrow: string;
  readonly watch: Stopwatch;
  readonly tally: Tally;
}

/**
 * Kills as often as the plan says, runs to the end, and says of everything that is wrong how to see it again. Returns
 * how many kills hit.
 */
export async function play(plan: WorldPlan, session: Session): Promise<number> {
  const { traits, closeDelayMs, index } = plan;
  const { seed, tally } = session;
  const again = `CRASH_SEED=${seed} CRASH_WORLD=${index}`;
  const place = await openPlace({
    conversations: [],
    closeEffect: closeDelayMs > 0 ? { kind: 'delayed', ms: closeDelayMs } : { kind: 'reply' },
  });
  let kills = 0;
  const say = (where: string, problems: readonly string[]) =>
    tally.problems.push(...problems.map((problem) => `${again}, ${where}: ${problem}`));
  try {
    const world = new CrashWorld(place, traits, randomStream(seed, 2, index), session.programOfTomorrow);
    configure(place, plan);
    if (plan.begun) world.map(world.add(['with_bot', 'closed'], { mapped: true }));
    for (const [at, card] of plan.cards.entries()) {
      if (at > 0 && !card.asLeft && world.random.chance(0.6)) passTime(world);
      const { hit, problems } = await killOnce(world, card, session);
      if (hit) kills++;
      say(`kill ${at + 1} (${card.scene}, ${nameOf(card.kill)})`, problems);
    }
    say('at the end', await runToTheEnd(world, session));
    tally.worlds++;
    for (const { effectivePatches } of place.simulator.world.account()) tally.closes += effectivePatches;
  } catch (error) {
    say('thrown', [(error as Error).stack ?? String(error)]);
  } finally {
    await place.leave();
  }
  return kills;
}

function configure({ env }: Place, { traits }: WorldPlan): void {
  env.NIGHTSWEEP_VERIFY_FOR = VERIFY_FOR;
  env.NIGHTSWEEP_API = traits.contract;
  env.NIGHTSWEEP_SURVEY = String(traits.survey);
  env.NIGHTSWEEP_CONCURRENCY = String(traits.concurrency);
  // Whatever ended is watched at once, so that the record of one that was come back to is put right by the end.
  env.NIGHTSWEEP_SURVEY_LAG = '0m';
}

async function killOnce(
  world: CrashWorld,
  card: Dealt,
  { watch, tally }: Session,
): Promise<{ hit: boolean; problems: string[] }> {
  const problems: string[] = [];
  let { kill } = card;
  for (let attempt = 1; ; attempt++) {
    const scene = SCENES[card.scene](world, card.asLeft && attempt === 1);
    if (hasLog(world.place.database)) tally.foundLog++;
    const { hit, ended } = await strike(world, scene.argv, kill, watch.typical(card.scene));
    problems.push(...scene.check(), ...world.problems());
    if (hit) {
      countKill(tally, nameOf(kill), scene.argv);
    } else {
      tally.missed++;
      if (![0, 3].includes(ended.code ?? -1)) problems.push(`it ended with ${ended.code}: ${ended.stderr}`);
    }
    problems.push(
      ...(await scene.makeGood((...argv) => watch.time(card.scene, () => world.place.run(...argv)))),
      ...world.problems(),
    );
    if (hit || attempt === MOST_ATTEMPTS) return { hit, problems };
    kill = earlier(kill);
  }
}

async function runToTheEnd(world: CrashWorld, { watch }: Session): Promise<string[]> {
  const { code, stderr } = await watch.time('sweep', () => world.place.run('sweep', '--json'));
  return [
    ...(code === 0 || code === 3 ? [] : [`the last sweep ended with ${code}: ${stderr}`]),
    ...world.problemsAtEnd(),
  ];
}

/** Whether somebody has left a write-ahead log. */
export function hasLog(database: string): boolean {
  return (statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
