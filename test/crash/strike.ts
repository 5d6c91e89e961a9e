import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Child, Ended } from '../e2e/child.ts';
import type { Kill } from './kill.ts';
import type { CrashWorld } from './world.ts';

const TRAP = pathToFileURL(join(import.meta.dirname, 'trap.mjs')).href;

/** How long each command takes undisturbed on this machine today, with as much beside it as there is. */
export class Stopwatch {
  readonly #typical = new Map<string, number>();
  #anything = 0;

  /** Runs it undisturbed. */
  async time<T>(command: string, run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await run();
    const took = performance.now() - start;
    const before = this.#typical.get(command) ?? took;
    this.#anything = (before + took) / 2;
    this.#typical.set(command, this.#anything);
    return result;
  }

  /** In ms. One that has never been run takes as long as the last. */
  typical(command: string): number {
    return this.#typical.get(command) ?? this.#anything;
  }
}

/** What came of an attempt to kill. */
export interface Struck {
  /** Killed, and not ended before. */
  readonly hit: boolean;
  readonly ended: Ended;
}

/**
 * Starts the program and kills it as the plan says. Resolves when it is dead and the simulator has heard all of it.
 *
 * @param meanwhile what others do as long as it lives; one that would live for ever is to be stopped by them in the end
 */
export async function strike(
  world: Pick<CrashWorld, 'place' | 'ambush'>,
  argv: readonly string[],
  kill: Kill,
  typicalMs: number,
  meanwhile: (child: Child) => Promise<void> = async () => {},
): Promise<Struck> {
  const { place } = world;
  if (kill.by === 'trap') {
    place.env.NODE_OPTIONS = `--import=${TRAP}`;
    place.env.CRASH_AT = JSON.stringify(kill);
  }
  const child = place.start(...argv);
  child.process.stdin.end();
  delete place.env.NODE_OPTIONS;
  delete place.env.CRASH_AT;

  const end = new AbortController();
  if (kill.by === 'clock') {
    sleep(kill.share * typicalMs, undefined, { signal: end.signal }).then(
      () => child.process.kill('SIGKILL'),
      () => {},
    );
  }
  if (kill.by === 'simulator') {
    let seen = 0;
    world.ambush = async ({ route }) => {
      if (route !== kill.route || ++seen !== kill.nth) return null;
      const exit = once(child.process, 'exit');
      child.process.kill('SIGKILL');
      await exit;
      return kill.carriedOut ? null : 'reset_before';
    };
  }
  const [ended] = await Promise.all([child.ended, meanwhile(child)]);
  end.abort();
  world.ambush = null;
  await allHasComeIn(place.url);
  return { hit: ended.signal === 'SIGKILL', ended };
}

/** What the dead have sent has come in before one more request, on a connection of its own, is answered. */
async function allHasComeIn(url: string): Promise<void> {
  const request = get(new URL('/simulator/requests', url), { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}
