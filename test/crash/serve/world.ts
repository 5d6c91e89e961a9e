import { once } from 'node:events';
import { type RandomStream, randomStream } from '../../../src/simulator/random.ts';
import type { Child, Ended } from '../../e2e/child.ts';
import { openPlace, type Place } from '../../e2e/place.ts';
import { TOKEN } from '../../serve/running.ts';
import { earlier, type Kill, nameOf } from '../kill.ts';
import { hasLog } from '../play.ts';
import { expectThat } from '../scenes/scene.ts';
import { type Stopwatch, strike } from '../strike.ts';
import { countKill, type Tally } from '../tally.ts';
import { CrashWorld } from '../world.ts';
import { Sender } from './sender.ts';

const ARGV = ['serve', '--port', '0', '--json'];
const MOST_ATTEMPTS = 3;
/** Of sending and waiting until nothing is pending, before a kill counts as come too late. */
const ROUNDS = 2;

/** What all worlds have in common. */
export interface Session {
  readonly seed: number;
  readonly watch: Stopwatch;
  readonly tally: Tally;
}

/** An organisation, a database, and who sends events and asks for closes. */
export interface ServerWorld {
  readonly world: CrashWorld;
  readonly sender: Sender;
}

/** Whoever opens it leaves its place. */
export async function openServerWorld(random: RandomStream): Promise<ServerWorld> {
  const delayMs = random.pick([0, 0, 150]);
  const place = await openPlace({
    conversations: [],
    closeEffect: delayMs > 0 ? { kind: 'delayed', ms: delayMs } : { kind: 'reply' },
  });
  const concurrency = random.pick([1, 4]);
  configure(place, concurrency);
  const traits = { contract: 'platform', survey: false, concurrency, stubborn: false } as const;
  const world = new CrashWorld(place, traits, random, 'none');
  return { world, sender: new Sender(world) };
}

/** One organisation whose events come in while `serve` is killed at each of these places, and works on to the end. */
export async function playServe(index: number, kills: readonly Kill[], session: Session): Promise<void> {
  const { seed, tally, watch } = session;
  const served = await openServerWorld(randomStream(seed, 4, index));
  const { place } = served.world;
  const say = (where: string, problems: readonly string[]) =>
    tally.problems.push(...problems.map((one) => `CRASH_SEED=${seed}, server ${index}, ${where}: ${one}`));
  try {
    say('undisturbed', await watch.time('serve', () => workToTheEnd(served)));
    for (const [at, kill] of kills.entries()) {
      say(`kill ${at + 1} (${nameOf(kill)})`, await killServer(served, kill, session));
    }
    say('at the end', await workToTheEnd(served));
    tally.worlds++;
    for (const { effectivePatches } of place.simulator.world.account()) tally.closes += effectivePatches;
  } catch (error) {
    say('thrown', [(error as Error).stack ?? String(error)]);
  } finally {
    await place.leave();
  }
}

function configure({ env }: Place, concurrency: number): void {
  env.NIGHTSWEEP_VERIFY_FOR = '2s';
  env.NIGHTSWEEP_CONCURRENCY = String(concurrency);
  env.NIGHTSWEEP_API_TOKEN = TOKEN;
  env.NIGHTSWEEP_WEBHOOK_TOKEN = TOKEN;
  env.NIGHTSWEEP_WEBHOOK_DELAY = '0s';
}

async function killServer(
  { world, sender }: ServerWorld,
  first: Kill,
  { tally, watch }: Session,
): Promise<string[]> {
  const problems: string[] = [];
  let kill = first;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    if (hasLog(world.place.database)) tally.foundLog++;
    const visit = (child: Child) => sendAndStop(child, sender, ROUNDS);
    const { hit, ended } = await strike(world, ARGV, kill, watch.typical('serve'), visit);
    problems.push(...world.problems(), ...sender.problems());
    if (hit) {
      countKill(tally, nameOf(kill), ARGV);
      return problems;
    }
    tally.missed++;
    problems.push(...stoppedWell(ended));
    kill = earlier(kill);
  }
  return problems;
}

/** New events and old ones, until nothing is pending; then all events once more, of which nothing may come. */
export async function workToTheEnd({ world, sender }: ServerWorld): Promise<string[]> {
  const child = world.place.start(...ARGV);
  const again: string[] = [];
  let before = '';
  await sendAndStop(child, sender, 1, async (url) => {
    before = recordOf(world);
    again.push(...(await sender.repeat(url)));
  });
  const ended = await child.ended;
  return [
    ...again,
    ...stoppedWell(ended),
    ...expectThat(recordOf(world) === before, 'events that were sent again have changed something'),
    ...world.problemsAtEnd(),
    ...sender.problemsAtEnd(),
  ];
}

/** Sends and waits, so many times; stops the server in good order, unless it is dead by then. */
async function sendAndStop(
  child: Child,
  sender: Sender,
  rounds: number,
  last: (url: string) => Promise<void> = async () => {},
): Promise<void> {
  const isAlive = () => child.process.exitCode === null && child.process.signalCode === null;
  try {
    const url = await whereItListens(child);
    for (let round = 1; round <= rounds && url !== null && isAlive(); round++) {
      await sender.round(url);
      await sender.untilNothingIsPending(isAlive);
    }
    if (url !== null && isAlive()) await last(url);
  } finally {
    child.process.kill('SIGTERM');
  }
}

/** Null: it died before. */
async function whereItListens(child: Child): Promise<string | null> {
  const line = once(child.process.stdout, 'data').then(([text]) => JSON.parse(text).url as string);
  return await Promise.race([line, child.ended.then(() => null)]);
}

function stoppedWell({ code, stderr }: Ended): string[] {
  return expectThat(code === 0, `serve ended with ${code}: ${stderr}`);
}

/** All that could follow from an event. */
function recordOf({ place }: CrashWorld): string {
  const tables = ['events', 'close_requests', 'outcomes', 'intents', 'mappings', 'runs'];
  const rows = tables.map((table) => place.query(`SELECT * FROM ${table}`));
  return JSON.stringify([rows, place.simulator.world.account()]);
}
