import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run, TSX, type Usage, usageOf, withSimulator } from './measure.ts';
import { referenceNight } from './night.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'dist/cli/bin.js');
const SEED = 20;
/** The real window is a minute; a tenth of it keeps the proportions and spares the patience. */
const LIMIT = { allowed: 300, windowMs: 6_000 };
const LATENCY: [number, number] = [40, 120];
/** Our setting that matches it. */
const RATE = String((LIMIT.allowed * 60_000) / LIMIT.windowMs);

export interface NightResult {
  readonly program: string;
  readonly mappings: number;
  readonly usage: Usage;
  readonly requestsPerMapping: number;
  readonly wallMs: number;
  readonly rssMb: number;
  readonly closed: number;
  readonly wronglyClosed: number;
  readonly left: number;
}

interface Options {
  readonly folder: string;
  readonly size: number;
  readonly quick: boolean;
  readonly say: (text: string) => void;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly delayedClose?: boolean;
  readonly otherPerSecond?: number;
  readonly args: (place: string) => readonly string[];
  readonly prepare?: (place: string, env: Record<string, string>) => Promise<void>;
}

/** Every program on the same night, one after the other, each on a simulator of its own. */
export async function compareNight({ folder, size, quick, say }: Options): Promise<NightResult[]> {
  const program = (name: string) => [...TSX, join(ROOT, 'bench/programs', `${name}.ts`)];
  const sweep = (...flags: string[]) => ({
    args: () => [BIN, 'sweep', '--json', '--quiet', '--max-closes', 'unlimited', '--rate', RATE, ...flags],
    prepare: async (place: string, env: Record<string, string>) => {
      await run(process.execPath, [BIN, 'import', 'mapping', 'mapping.csv', '--quiet'], env, place);
    },
  });
  const entries: Entry[] = [
    // One at a time it takes as long as ten of the others: a tenth of the night tells its rate as well.
    {
      name: 'sequential',
      size: Math.round(size / 10),
      args: (place) => [...program('sequential'), join(place, 'ids.txt')],
    },
    { name: 'sdk', size, args: (place) => [...program('sdk'), join(place, 'ids.txt')] },
    { name: 'nightsweep', size, ...sweep() },
    { name: 'nightsweep, one read after each close', size, delayedClose: true, ...sweep() },
    { name: 'nightsweep --no-survey', size: quick ? size : size / 2, ...sweep('--no-survey') },
    {
      name: 'nightsweep, another client takes 30 %',
      size,
      otherPerSecond: (0.3 * LIMIT.allowed * 1_000) / LIMIT.windowMs,
      ...sweep(),
    },
  ];
  const results: NightResult[] = [];
  for (const entry of entries) {
    say(`${entry.name}: ${entry.size} mappings …`);
    const result = await measure(entry, folder);
    say(
      `  ${result.requestsPerMapping.toFixed(3)} requests a mapping, ${(result.wallMs / 1000).toFixed(1)} s`,
    );
    results.push(result);
  }
  return results;
}

/** Not part of the night: what the other client reads. */
const OTHERS_ID = '00000000-0000-4000-8000-000000000001';

async function measure(entry: Entry, folder: string): Promise<NightResult> {
  const place = join(folder, entry.name.replace(/\W+/g, '-'));
  mkdirSync(place);
  const { conversations, mapping } = referenceNight(entry.size, SEED, Date.now());
  writeFileSync(join(place, 'mapping.csv'), mapping);
  writeFileSync(join(place, 'ids.txt'), `${conversations.map((one) => one.id).join('\n')}\n`);
  const closeEffect =
    entry.delayedClose === true ? { kind: 'delayed' as const, ms: 500 } : { kind: 'reply' as const };
  return withSimulator(
    { conversations, rateLimit: LIMIT, latencyMs: LATENCY, closeEffect, seed: SEED },
    async (simulator, env) => {
      await entry.prepare?.(place, env);
      const other = entry.otherPerSecond === undefined ? null : await otherClient(entry.otherPerSecond, env);
      const { wallMs, rssMb, exitCode } = await run(process.execPath, entry.args(place), env, place);
      other?.kill('SIGKILL');
      if (exitCode !== 0) throw new Error(`${entry.name} ended with ${exitCode}`);
      const usage = usageOf(simulator, LIMIT, (id) => id === OTHERS_ID);
      const account = simulator.world.account();
      const closed = account.filter((one) => one.endedBy === 'api');
      return {
        program: entry.name,
        mappings: entry.size,
        usage,
        requestsPerMapping: usage.requests / entry.size,
        wallMs,
        rssMb,
        closed: closed.length,
        wronglyClosed: closed.filter((one) => one.kind === 'recently_active').length,
        left: account.filter((one) => one.status === 'active' && one.kind !== 'recently_active').length,
      };
    },
  );
}

async function otherClient(perSecond: number, env: Record<string, string>) {
  const child = spawn(
    process.execPath,
    [...TSX, join(ROOT, 'bench/programs/other-client.ts'), OTHERS_ID, String(perSecond)],
    { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((ready) => child.stdout.once('data', ready));
  return child;
}
