import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMain } from '../cli/running.ts';
import { demandGoodEnd, type Ended, preload } from './child.ts';

/** As in `short-waits`. */
const SHORTER = 50;

/**
 * Runs a command in this process, as a child would run it in `dir` with this environment: for tests that are about what
 * a command says and does, and not about its process. It takes a tenth of the time.
 */
export async function runHere(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): Promise<Ended> {
  const waitsAre = speedOf(env.NODE_OPTIONS);
  if (env.TZ !== process.env.TZ) throw new Error(`Only a child can be in the zone ${env.TZ}.`);
  const { code, stdout, stderr } = await runMain(argv, {
    ...{ env: { ...env }, cwd: dir, host: hostname(), pid: process.pid, random: Math.random },
    clock: { now: () => Date.now(), sleep: (ms, signal) => sleepUntilAborted(ms * waitsAre, signal) },
  });
  return demandGoodEnd(dir, argv, { code, signal: null, stdout, stderr });
}

/** What the options of a child would make of its waits; they can do nothing else to this process. */
function speedOf(options: string | undefined): number {
  if (options === undefined) return 1;
  if (options !== preload('short-waits').NODE_OPTIONS) throw new Error(`Only a child can have ${options}.`);
  return 1 / SHORTER;
}

async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
