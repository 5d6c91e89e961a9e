import { randomStream } from '../../src/simulator/random.ts';
import { openPlace, type Place } from '../e2e/place.ts';
import { earlier, nameOf } from './kill.ts';
import type { Card, WorldPlan } from './plan.ts';
import { SCENES } from './scenes.ts';
import { type Stopwatch, strike } from './strike.ts';
import type { Tally } from './tally.ts';
import { CrashWorld } from './world.ts';

/** A close shows its end earlier than this, or never. */
const VERIFY_FOR = '2s';

/** Whatever comes too late is tried again, earlier. */
const MOST_ATTEMPTS = 3;

/** Kills as often as the plan says, runs to the end, and says of everything that is wrong how to see it again. */
export async function play(
  plan: WorldPlan,
  seed: number,
  programOfTomorrow: string,
  watch: Stopwatch,
  tally: Tally,
): Promise<void> {
  const { traits, closeDelayMs, index } = plan;
  const place = await openPlace({
    conversations: [],
    closeEffect: closeDelayMs > 0 ? { kind: 'delayed', ms: closeDelayMs } : { kind: 'reply' },
  });
  try {
    const world = new CrashWorld(place, traits, randomStream(seed, 2, index), programOfTomorrow);
    configure(place, plan);
    if (plan.begun) world.map(world.add(['with_bot', 'closed'], { mapped: true }));
    for (const [at, card] of plan.cards.entries()) {
      const where = `CRASH_SEED=${seed} CRASH_WORLD=${index}, kill ${at + 1} (${card.scene}, ${nameOf(card.kill)})`;
      const problems = await killOnce(world, card, watch, tally);
      tally.problems.push(...problems.map((problem) => `${where}: ${problem}`));
    }
    const problems = await runToTheEnd(world, watch);
    tally.problems.push(
      ...problems.map((problem) => `CRASH_SEED=${seed} CRASH_WORLD=${index}, at the end: ${problem}`),
    );
    tally.worlds++;
    for (const { effectivePatches } of place.simulator.world.account()) tally.closes += effectivePatches;
  } catch (error) {
    tally.problems.push(`CRASH_SEED=${seed} CRASH_WORLD=${index}: ${(error as Error).stack}`);
  } finally {
    await place.leave();
  }
}

function configure({ env }: Place, { traits }: WorldPlan): void {
  env.NIGHTSWEEP_VERIFY_FOR = VERIFY_FOR;
  env.NIGHTSWEEP_API = traits.contract;
  env.NIGHTSWEEP_SURVEY = String(traits.survey);
  env.NIGHTSWEEP_CONCURRENCY = String(traits.concurrency);
  // Whatever ended is watched at once, so that the record of one that was come back to is put right by the end.
  env.NIGHTSWEEP_SURVEY_LAG = '0m';
}

async function killOnce(world: CrashWorld, card: Card, watch: Stopwatch, tally: Tally): Promise<string[]> {
  const problems: string[] = [];
  let { kill } = card;
  for (let attempt = 1; ; attempt++) {
    const scene = SCENES[card.scene](world);
    const { hit, ended } = await strike(world, scene.argv, kill, watch.typical(card.scene));
    problems.push(...scene.check(), ...world.problems());
    if (hit) {
      tally.kills++;
      tally.hits.set(nameOf(kill), (tally.hits.get(nameOf(kill)) ?? 0) + 1);
    } else {
      tally.missed++;
      if (![0, 3].includes(ended.code ?? -1)) problems.push(`it ended with ${ended.code}: ${ended.stderr}`);
    }
    problems.push(
      ...(await scene.makeGood((...argv) => watch.time(card.scene, () => world.place.run(...argv)))),
      ...world.problems(),
    );
    if (hit || attempt === MOST_ATTEMPTS) break;
    kill = earlier(kill);
  }
  if (world.random.chance(0.5)) world.passTime();
  return problems;
}

async function runToTheEnd(world: CrashWorld, watch: Stopwatch): Promise<string[]> {
  const { code, stderr } = await watch.time('sweep', () => world.place.run('sweep', '--json'));
  return [
    ...(code === 0 || code === 3 ? [] : [`the last sweep ended with ${code}: ${stderr}`]),
    ...world.problemsAtEnd(),
  ];
}
