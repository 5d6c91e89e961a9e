import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { openPlace, type Place } from './place.ts';
import { conversations, map } from './world.ts';

/** Of every command that does anything. */
const ALWAYS = ['leven', 'picocolors', 'pino', 'yargs'];
const RECORD = [...ALWAYS, 'better-sqlite3'];
const SWEEP = [...RECORD, 'bottleneck', 'p-limit', 'undici', 'zod'];

let place: Place;
beforeAll(async () => {
  place = await openPlace({ conversations: conversations(['with_bot', 'parked', 'closed']) });
  map(place, 3);
  place.file('settings.yaml', 'staleAfter: 24h\n');
  await place.run('sweep');
});
afterAll(() => place.leave());

/**
 * The scripts that a command has loaded by its end, as V8 lists them for coverage.
 *
 * @param until ends it when it has said so much
 */
async function scriptsOf(command: string, until?: string): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-loaded-'));
  try {
    place.env.NODE_V8_COVERAGE = dir;
    const child = place.start(...command.split(' '));
    child.process.stdin.end();
    if (until !== undefined) {
      await child.says(until);
      child.process.kill('SIGTERM');
    }
    expect((await child.ended).code).toBe(0);
    const listed = readdirSync(dir).map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')));
    return listed.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
  } finally {
    place.env.NODE_V8_COVERAGE = undefined;
    rmSync(dir, { recursive: true });
  }
}

/** The dependencies of ours among them; the two builds of SQLite are the same to us. */
function librariesAmong(scripts: readonly string[]): string[] {
  const wanted = Object.keys(manifest.dependencies);
  const found = scripts.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const names = new Set(found.map((name) => name.replace(/^(better-sqlite3)-.*/, '$1')));
  return [...names].filter((name) => wanted.includes(name)).sort();
}

it.each<[command: string, libraries: readonly string[]]>([
  ['--version', []],
  ['--help', ['leven']],
  ['sweep --help', ['leven', 'yargs']],
  ['config', [...ALWAYS, 'cli-table3']],
  ['config --config settings.yaml', [...ALWAYS, 'cli-table3', 'yaml']],
  ['runs', [...RECORD, 'cli-table3']],
  ['doctor', SWEEP.filter((name) => name !== 'p-limit')],
  ['sweep --dry-run', SWEEP],
  ['sweep --dry-run --out list.csv', [...SWEEP, 'csv-stringify']],
  ['sweep', SWEEP],
  ['sweep --verbose', [...SWEEP, 'pino-pretty']],
  ['sweep --metrics-file n.prom', [...SWEEP, 'prom-client']],
])('%s loads the libraries that it needs, and no others', async (command, libraries) => {
  expect(librariesAmong(await scriptsOf(command))).toEqual([...libraries].sort());
});

it('a command loads none of the others', async () => {
  const found = (await scriptsOf('runs')).flatMap(
    (url) => /\/dist\/cli\/commands\/(.+)\.js$/.exec(url)?.[1] ?? [],
  );
  expect(found.sort()).toEqual(['index', 'runs']);
});

/** What reads the words of a sweep by hand, and shows its end. */
const OF_THE_COMMAND = /^\/dist\/cli\/(commands\/sweep|render\/(run|hang)|interrupts)\.js$/;

it.each([
  ['schedule', 'The next night: '],
  ['serve --port 0', 'The dashboard is at '],
])('%s has loaded all that its sweeps need when it says that it is there', async (command, says) => {
  place.env.NIGHTSWEEP_SCHEDULE_CRON = '0 3 1 1 *';
  const scripts = await scriptsOf(command, says);
  place.env.NIGHTSWEEP_SCHEDULE_CRON = undefined;
  const ours = (all: readonly string[]) => new Set(all.flatMap((url) => /\/dist\/.*/.exec(url)?.[0] ?? []));
  const there = ours(scripts);
  const missing = [...ours(await scriptsOf('sweep'))].filter((script) => !there.has(script));
  expect(missing.filter((script) => !OF_THE_COMMAND.test(script))).toEqual([]);
  expect(librariesAmong(scripts)).toEqual(expect.arrayContaining(SWEEP));
});
