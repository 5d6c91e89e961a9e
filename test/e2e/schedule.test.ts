import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aPlace } from './place.ts';
import { map, stale } from './world.ts';

describe('schedule', () => {
  it('waits for its first night, says when that is, and ends in good order', async () => {
    const place = await aPlace({ conversations: stale(1) });
    map(place, 1);
    place.file(
      'nightsweep.yaml',
      'schedule:\n  cron: 0 2 29 2 *\n  timeZone: Europe/Berlin\nexpectedEvery: none\n',
    );
    const schedule = place.start('schedule');
    await schedule.says('The next night: ');
    schedule.process.kill('SIGTERM');
    const { code, signal, stdout, stderr } = await schedule.ended;
    expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: '' });
    expect(stderr).toMatch(
      /^Nights by 0 2 29 2 \* \(Europe\/Berlin\)\. The next night: \w{3} 20\d\d-02-29 02:00, in \d+d( \d+h)?\.\n/,
    );
    expect(stderr.endsWith('Stopped.\n')).toBe(true);
    expect(place.query('SELECT * FROM runs')).toEqual([]);
    expect(place.simulator.log).toEqual([]);
  });

  it('tells its settings and the next times as one object, and ends by Ctrl-C too', async () => {
    const place = await aPlace();
    map(place, 0);
    Object.assign(place.env, { NIGHTSWEEP_SCHEDULE_JITTER: '10m', NIGHTSWEEP_EXPECTED_EVERY: 'none' });
    const schedule = place.start('schedule', '--cron', '0 2 29 2 *', '--json');
    await once(schedule.process.stdout, 'data');
    schedule.process.kill('SIGINT');
    const { code, json } = await schedule.ended;
    expect(code).toBe(0);
    expect(json).toEqual({
      schedule: { cron: '0 2 29 2 *', timeZone: 'UTC', jitterSeconds: 600, catchUp: false },
      next: Array(3).fill(expect.stringMatching(/^20\d\d-02-29T02:00:00\.000Z$/)),
    });
  });

  it('shows the next nights on request, without credentials or a database', async () => {
    const place = await aPlace();
    Object.assign(place.env, { GENESYS_CLIENT_ID: undefined, NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'Asia/Tokyo' });
    const plain = await place.runHere('schedule', '--cron', '30 2 * * MON', '--next', '2');
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(
      /^Nights by 30 2 \* \* MON \(Asia\/Tokyo\)\.\n(Mon [\d-]{10} 02:30 {2}[\d-]{10}T17:30Z {2}in .*\n){2}$/,
    );
    const { code, json } = await place.runHere('schedule', '--cron', '30 2 * * MON', '--next', '2', '--json');
    expect({ code, json }).toEqual({
      code: 0,
      json: {
        schedule: { cron: '30 2 * * MON', timeZone: 'Asia/Tokyo', jitterSeconds: 0, catchUp: false },
        next: Array(2).fill(expect.stringMatching(/T17:30:00\.000Z$/)),
        exitCode: 0,
        message: 'Nights by 30 2 * * MON (Asia/Tokyo).',
      },
    });
  });

  it('warns where somebody has the report expect other nights', async () => {
    const place = await aPlace();
    map(place, 0);
    place.env.NIGHTSWEEP_EXPECTED_EVERY = '24h';
    const schedule = place.start('schedule', '--cron', '0 2 * * 1-5', '--quiet');
    await schedule.says('leave expectedEvery out');
    schedule.process.kill('SIGTERM');
    expect((await schedule.ended).stderr).toMatch(/^warning: expectedEvery is 24h, but [^\n]+\n$/);
  });

  const CRON = { NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * *' };
  it.each<readonly [string, string, Record<string, string | undefined>, number, string]>([
    ['no cron', 'schedule', {}, 2, 'schedule.cron is not set'],
    ['no cron', 'serve --schedule --port 0', {}, 2, 'schedule.cron is not set'],
    [
      'seconds',
      'schedule',
      { NIGHTSWEEP_SCHEDULE_CRON: '0 0 2 * * *' },
      2,
      'NIGHTSWEEP_SCHEDULE_CRON: schedule.cron cannot be "0 0 2 * * *": it has 6 fields; there is none for seconds',
    ],
    ['a machine without a zone', 'schedule', { ...CRON, TZ: 'Mars/Olympus' }, 2, 'set schedule.timeZone'],
    ['no secret', 'schedule', { ...CRON, GENESYS_CLIENT_SECRET: undefined }, 2, 'set GENESYS_CLIENT_SECRET'],
    ['no database', 'schedule', CRON, 9, 'There is no database at'],
  ])('%s is told at the start of %s, in one sentence', async (_, argv, env, code, says) => {
    const place = await aPlace();
    Object.assign(place.env, env);
    const ended = await (env.TZ === undefined ? place.runHere : place.run)(...argv.split(' '));
    expect(ended.stderr).toMatch(/^nightsweep: [^\n]+\.\n$/);
    expect(ended.stderr).toContain(says);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(place.simulator.log).toEqual([]);
  });
});
