import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../store/fixtures.ts';
import { runMain } from './running.ts';

const NIGHTLY = { NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * *' };
const READY = { GENESYS_CLIENT_ID: 'client', GENESYS_CLIENT_SECRET: 'a-secret-of-the-tests' };

describe('a schedule that cannot work', () => {
  it.each<readonly [string, Record<string, string>, number, string]>([
    ['schedule --next 3', {}, 2, '(schedule takes --cron, too)'],
    [
      'serve --schedule',
      { NIGHTSWEEP_SCHEDULE_CRON: '0 0 30 2 *' },
      2,
      'schedule.cron cannot be "0 0 30 2 *": there is no such day in any year.',
    ],
    [
      'schedule',
      { ...NIGHTLY, NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'Europe/Berln' },
      2,
      'schedule.timeZone cannot be "Europe/Berln" (did you mean Europe/Berlin?)',
    ],
    ['schedule', { ...NIGHTLY, NIGHTSWEEP_SCHEDULE_TIME_ZONE: '+02:00' }, 2, 'schedule.timeZone cannot be'],
    [
      'schedule --next 3',
      { NIGHTSWEEP_SCHEDULE_CRON: '0 * * * *', NIGHTSWEEP_SCHEDULE_JITTER: '1h' },
      2,
      'schedule.jitter cannot be 1h, because schedule.cron (0 * * * *) has two nights only 1h apart',
    ],
    ['serve --schedule', { ...NIGHTLY, GENESYS_CLIENT_SECRET: '' }, 2, 'GENESYS_CLIENT_SECRET'],
    [
      'schedule --next 3',
      { NIGHTSWEEP_SCHEDULE_CRON: '*/90 * * * *' },
      2,
      'schedule.cron cannot be "*/90 * * * *": the minute cannot be */90; its step can be 1 to 60.',
    ],
    ['schedule --next 0', NIGHTLY, 2, '--next cannot be "0"'],
    ['schedule --next 2000', NIGHTLY, 2, '--next cannot be 2000'],
    ['schedule', NIGHTLY, 9, 'There is no database at'],
  ])('%s: with %j it ends at once with exit %i and one sentence', async (argv, env, code, says) => {
    const cwd = tempDir();
    const ended = await runMain(argv.split(' '), { cwd, env: { ...READY, ...env } });
    expect(ended.stderr).toMatch(/^nightsweep: [^\n]+\.\n$/);
    expect(ended.stderr).toContain(says);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(readdirSync(cwd), 'nothing was created').toEqual([]);
  });

  it('because YAML took it for something else is told how to be written', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'nightsweep.yaml'), 'schedule:\n  cron: */5 * * * *\n');
    const { code, stderr } = await runMain(['schedule', '--next', '1'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'nightsweep: nightsweep.yaml line 2 is not valid YAML: Unexpected alias at node end (put a value that begins with * in quotes).\n',
    });
  });
});

describe('doctor', () => {
  const scheduleCheck = async (env: Record<string, string>) => {
    const { stdout } = await runMain(['doctor', '--json'], { cwd: tempDir(), env: { TZ: 'UTC', ...env } });
    return JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'schedule');
  };

  it.each([
    [{}, 'ok', /^none; nights are begun by cron, a timer or by hand$/],
    [
      { ...NIGHTLY, NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'Asia/Tokyo' },
      'ok',
      /^0 2 \* \* \* \(Asia\/Tokyo\); next \w{3} [\d-]{10} 02:00, in \d+[hms].*, while schedule or serve --schedule is running$/,
    ],
    // The times of a schedule are expected by themselves, however far apart.
    [{ NIGHTSWEEP_SCHEDULE_CRON: '0 * * * *' }, 'ok', /^0 \* \* \* \* /],
    [{ NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * MON-FRI' }, 'ok', /^0 2 \* \* MON-FRI /],
    [
      { NIGHTSWEEP_SCHEDULE_CRON: '0 * * * *', NIGHTSWEEP_EXPECTED_EVERY: '24h' },
      'warn',
      /^expectedEvery is 24h, .* has two nights only 1h apart, so not all .* will be noticed; leave expectedEvery out, /,
    ],
    [
      { NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * MON-FRI', NIGHTSWEEP_EXPECTED_EVERY: '24h' },
      'warn',
      /^expectedEvery is 24h, .* leaves up to \d+h between two nights, so some will be called missing /,
    ],
    [
      {
        ...{ NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * MON-FRI', NIGHTSWEEP_EXPECTED_EVERY: '72h' },
        NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'UTC',
      },
      'warn',
      /has two nights only 24h apart/,
    ],
    // Two nights may begin as far apart as a day and the jitter of the second.
    [
      {
        ...NIGHTLY,
        NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'UTC',
        NIGHTSWEEP_SCHEDULE_JITTER: '7h',
        NIGHTSWEEP_EXPECTED_EVERY: '24h',
      },
      'warn',
      /leaves up to 31h between two nights/,
    ],
    [{ ...NIGHTLY, NIGHTSWEEP_SCHEDULE_JITTER: '8h' }, 'ok', /^0 2 \* \* \* /],
    [{ NIGHTSWEEP_SCHEDULE_CRON: '0 * * * *', NIGHTSWEEP_EXPECTED_EVERY: '1h' }, 'ok', /^0 \* \* \* \* /],
    [{ ...NIGHTLY, NIGHTSWEEP_SCHEDULE_JITTER: '24h' }, 'fail', /^schedule\.jitter cannot be 24h/],
  ])('says of %j: %s', async (env, status, says) => {
    const check = await scheduleCheck(env);
    expect(check).toEqual({ name: 'schedule', status, says: expect.stringMatching(says) });
  });
});
