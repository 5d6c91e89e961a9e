import { describe, expect, it } from 'vitest';
import { createArgs } from '../../src/cli/args.ts';
import { type Asked, parseWords } from '../../src/cli/parse.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';

async function parsed(words: string): Promise<Asked & { kind: 'command' }> {
  const asked = await parseWords(words === '' ? [] : words.split(' '));
  if (asked.kind !== 'command') throw new Error(`${words} asks for ${asked.kind}`);
  return asked;
}

/** The settings that the words give, over the defaults. */
async function settings(words: string) {
  const { argv } = await parsed(words);
  return loadConfig({
    env: {},
    cwd: '/',
    readFile: () => {
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    },
    secrets: createSecrets(),
    flags: argv,
  });
}

describe('the words after nightsweep', () => {
  it.each([
    ['sweep', 'sweep', {}],
    ['sweep -n', 'sweep', { 'dry-run': true }],
    ['sweep --dry-run', 'sweep', { 'dry-run': true }],
    ['sweep --dry-run=true', 'sweep', { 'dry-run': true }],
    ['--json sweep', 'sweep', { json: true }],
    ['sweep --limit=5', 'sweep', { limit: '5' }],
    ['sweep --limit 005', 'sweep', { limit: '005' }],
    ['sweep --no-survey', 'sweep', { survey: false }],
    ['sweep --no-color', 'sweep', { color: false }],
    ['--db x.db sweep --quiet', 'sweep', { db: 'x.db', quiet: true }],
    ['import mapping -', 'import mapping [file]', { file: '-' }],
    ['import mapping 12', 'import mapping [file]', { file: '12' }],
    ['import closes a.csv --now --yes', 'import closes <file>', { file: 'a.csv', now: true, yes: true }],
    ['close 1 2 --force', 'close [ids..]', { ids: ['1', '2'], force: true }],
    ['close --session s-1 --reason=--json', 'close [ids..]', { session: 's-1', reason: '--json' }],
    ['discover', 'discover', {}],
    ['discover --queue 1 --queue 2 --import', 'discover', { queue: ['1', '2'], import: true }],
    ['hold 1 --for 7d', 'hold <ids..>', { ids: ['1'], for: '7d' }],
    ['runs', 'runs [id]', {}],
    ['runs 12', 'runs [id]', { id: '12' }],
    ['db backup copy.db', 'db backup <file>', { file: 'copy.db' }],
    ['simulate --fault 503=0.1 --fault 429=0.1', 'simulate', { fault: ['503=0.1', '429=0.1'] }],
  ])('%s', async (words, usage, expected) => {
    const { command, argv } = await parsed(words);
    expect(command.usage).toBe(usage);
    expect(argv).toMatchObject(expected);
  });

  it.each([
    ['--help', null],
    ['-h', null],
    ['', null],
    ['sweep --help', 'sweep'],
    ['--help sweep', 'sweep'],
    ['import --help', 'import'],
    ['import mapping --help', 'import mapping [file]'],
    ['hold -h', 'hold <ids..>'],
    ['sweep --nonsense --help', 'sweep'],
  ])('%s asks for help', async (words, topic) => {
    const asked = await parseWords(words === '' ? [] : words.split(' '));
    expect(asked.kind).toBe('help');
    const about = asked.kind === 'help' ? asked.topic : undefined;
    expect(typeof about === 'object' && about !== null ? about.usage : about).toBe(topic);
  });
});

describe('flags of sweep as settings', () => {
  it.each([
    ['sweep', { policy: { staleAfterMs: DAY }, ratePerMinute: 300, maxCloses: 500, survey: true }],
    ['sweep --stale-after 12h', { policy: { staleAfterMs: 12 * HOUR } }],
    ['sweep --stale-after 1h30m', { policy: { staleAfterMs: 90 * MINUTE } }],
    ['sweep --max-closes unlimited', { maxCloses: Number.POSITIVE_INFINITY }],
    ['sweep --max-closes 0', { maxCloses: 0 }],
    ['sweep --max-duration 2h', { maxDurationMs: 2 * HOUR }],
    ['sweep --rate 60 --concurrency 3', { ratePerMinute: 60, concurrency: 3 }],
    ['sweep --no-survey', { survey: false }],
    ['sweep --api gateway --db other.db', { api: 'gateway', db: 'other.db' }],
  ])('%s', async (words, expected) => {
    expect((await settings(words)).config).toMatchObject(expected);
  });

  it('a setting that a flag gives has its origin there', async () => {
    const { origins } = await settings('sweep --rate 60');
    expect(origins).toMatchObject({ ratePerMinute: 'flag', maxCloses: 'default' });
  });
});

describe('an argument is checked as it is asked for', () => {
  const args = createArgs({
    limit: '7',
    for: '1d',
    ids: [' 3F2B8C1E-4A5D-4E6F-8A9B-0C1D2E3F4A5B '],
    by: 'day',
  });

  it('counts, durations, words and ids', () => {
    expect(args.count('limit', 1)).toBe(7);
    expect(args.count('absent')).toBeUndefined();
    expect(args.durationMs('for')).toBe(DAY);
    expect(args.choice('by', ['day', 'hour'])).toBe('day');
  });

  it('ids are lower case, each once', () => {
    const id = '3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b';
    expect(createArgs({ queue: [id.toUpperCase(), id] }).uuids('queue')).toEqual([id]);
    expect(createArgs({ queue: id }).uuids('queue')).toEqual([id]);
    expect(createArgs({}).uuids('queue')).toEqual([]);
    expect(createArgs({ ids: [id.toUpperCase(), id] }).conversationIds('ids')).toEqual([id]);
  });

  it.each(['1.5', '-1', '1e3', '٣', '99999999999'])('%s is not a count', (limit) => {
    expect(() => createArgs({ limit }).count('limit')).toThrow('--limit cannot be');
  });
});
