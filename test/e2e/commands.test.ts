import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/all.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { preload } from './child.ts';
import { aPlace, CLOSED_PORT, openPlace, type Place } from './place.ts';
import { conversations, demandAgreement, idOf, mappingOf, stale } from './world.ts';

/** Command lines of which each goes on where the one before it ended, with what it prints. */
const LINES: readonly (readonly [line: string, says: string])[] = [
  ['db migrate', 'schema'],
  ['import mapping mapping.csv', 'mapping with 3 rows, 3 taken'],
  ['import closes closes.csv', 'list of closes with 1 row, 1 taken'],
  [`hold ${idOf(3)} --for 7d`, '1 of 1 on hold'],
  ['sweep', 'Closed 1, kept 0, 1 had already ended'],
  ['discover', '1 open conversation is not in the mapping'],
  [`close ${idOf(4)}`, 'closed (requested)'],
  ['report', 'Outcomes by day'],
  [`explain ${idOf(1)}`, 'run 1: closed'],
  ['runs', 'sweep  '],
  ['doctor', 'Ready, with 1 remark'],
  ['notify', 'Nobody'],
  ['config', 'verifyFor'],
  ['schedule --cron 30|2|*|*|* --next 1', 'Nights by 30 2 * * *'],
  ['db status', 'mappings: '],
  ['db check', 'The database is whole.'],
  ['db backup copy.db', 'copy.db'],
  ['db status --db copy.db', 'mappings: '],
  ['db prune --keep 400d', 'is left to remove'],
  ['completion bash', 'complete '],
  ['completion zsh', '#compdef nightsweep'],
  ['completion fish', 'complete '],
];

/** They end when they are told to, and print where they are to be found. */
const SERVERS = [
  ['serve', 0],
  ['simulate', 143],
] as const;

/** `demo.test.ts` runs it, which takes a while. */
const ELSEWHERE = ['demo'];

const wordsOf = (usage: string) => usage.replace(/ [<[].*/, '');

describe('the built program', () => {
  it('is run here with every command that there is', () => {
    const lines = [...LINES.map(([line]) => line), ...SERVERS.map(([command]) => command), ...ELSEWHERE];
    const isRun = (words: string) => lines.some((line) => `${line} `.startsWith(`${words} `));
    expect(COMMANDS.map(({ usage }) => wordsOf(usage)).filter((words) => !isRun(words))).toEqual([]);
  });

  it.each(SERVERS)('%s listens until it is told to end, and exits %i', async (command, code) => {
    const place = await aPlace();
    const child = place.start(command, '--port', '0', '--json');
    const [text] = await once(child.process.stdout, 'data');
    expect((await fetch(JSON.parse(text).url)).status).toBeGreaterThanOrEqual(200);
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code, signal: null, stdout: text });
  });
});

describe('the built program does the whole work, command by command', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({
      conversations: conversations(['with_bot', 'closed', 'with_bot', 'with_bot']),
    });
    place.file('mapping.csv', mappingOf(3));
    place.file('closes.csv', `${idOf(1)}\n`);
  });
  afterAll(() => place.leave());

  it.each(LINES)('nightsweep %s', async (line, says) => {
    const argv = line.split(' ').map((word) => word.replaceAll('|', ' '));
    const { code, signal, stdout } = await place.run(...argv);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(stdout).toContain(says);
    expect(JSON.stringify(stdout), 'plain text in a pipe').not.toContain('\\u001b');
    if (argv[0] === 'completion') return;
    expect(stdout.split('\n').filter((text) => text.length > 80)).toEqual([]);
  });

  it('and both sides agree', () => demandAgreement(place));
});

/** One way to each code that a shell may meet; those of signals, of the lease and of a full disk have tests of their own. */
const CODES: readonly (readonly [
  code: number,
  line: string,
  options: Partial<SimulatorOptions>,
  env: Record<string, string>,
])[] = [
  [2, 'swep', {}, {}],
  [3, `close ${idOf(9)}`, {}, {}],
  [4, 'sweep', { clientSecret: 'another' }, {}],
  [5, 'sweep', {}, { NIGHTSWEEP_EXPECT_ORGANIZATION: 'Us' }],
  [6, 'sweep --limit 1', {}, {}],
  [8, 'sweep', {}, { GENESYS_LOGIN_URL: CLOSED_PORT, ...preload('short-waits') }],
  [9, 'sweep --db none.db', {}, {}],
];

it.each(CODES)('the shell is told %i by nightsweep %s', async (code, line, options, env) => {
  const place = await aPlace({ conversations: stale(2), ...options });
  place.file('mapping.csv', mappingOf(2));
  await place.runHere('import', 'mapping', 'mapping.csv');
  Object.assign(place.env, env);
  expect(await place.run(...line.split(' '))).toMatchObject({ code, signal: null });
});
