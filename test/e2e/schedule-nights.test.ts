import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import { CLIENT } from './child.ts';
import { nightsOf } from './nights.ts';
import { demandAgreement, map } from './world.ts';

describe('schedule', () => {
  it('runs night after night, each with a token of its own, whatever the one before came to', async () => {
    const place = await nightsOf(3);
    map(place, 3);
    place.env.NIGHTSWEEP_MAX_CLOSES = '1';
    const schedule = place.begin('schedule', '--json');
    expect(await schedule.object()).toEqual({
      schedule: { cron: '*/5 * * * *', timeZone: 'UTC', jitterSeconds: 0, catchUp: false },
      next: [expect.any(String), expect.any(String), expect.any(String)],
    });
    await schedule.says('"exitCode":6', 2);
    await schedule.says('"exitCode":0');
    schedule.stop();
    const { code, stderr } = await schedule.ended;
    expect(code).toBe(0);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ends = lines.filter(({ exitCode }) => exitCode !== undefined);
    expect(ends.map(({ runId, exitCode, level }) => ({ runId, exitCode, level }))).toEqual([
      { runId: 1, exitCode: 6, level: 40 },
      { runId: 2, exitCode: 6, level: 40 },
      { runId: 3, exitCode: 0, level: 30 },
    ]);
    expect(ends.map(({ nextAt, dueAt }) => Date.parse(nextAt) - Date.parse(dueAt))).toEqual(
      Array(3).fill(HOUR / 12),
    );
    expect(place.query('SELECT kind, scope, state FROM runs WHERE id = 3')).toEqual([
      { kind: 'sweep', scope: 'full', state: 'done' },
    ]);
    expect(place.count('token')).toBe(3);
    demandAgreement(place);
  });

  it('goes on after a night that could not sign in, and knows a secret that was changed', async () => {
    const place = await nightsOf(1);
    map(place, 1);
    place.file('secret.txt', 'another');
    Object.assign(place.env, { GENESYS_CLIENT_SECRET: undefined, GENESYS_CLIENT_SECRET_FILE: 'secret.txt' });
    const schedule = place.begin('schedule');
    await schedule.says('(exit 4)');
    place.file('secret.txt', CLIENT.clientSecret);
    await schedule.says('took', 2);
    schedule.stop();
    const { code, stderr } = await schedule.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning: The night of \w{3} [\d-]{10} [\d:]{5} took \w+ \(exit 4\): .*\. The next night: /m,
    );
    expect(stderr).toMatch(/^The night of .* took \w+: Closed 1, .*\. The next night: /m);
    expect(place.query('SELECT exit_code FROM runs')).toEqual([{ exit_code: 0 }]);
    demandAgreement(place);
  });

  it('asks nobody at night, also on a terminal: what a guard refuses is told', async () => {
    const place = await nightsOf(1);
    map(place, 1);
    place.env.NIGHTSWEEP_STALE_AFTER = '48h';
    expect((await place.begin('sweep').ended).code).toBe(0);
    place.env.NIGHTSWEEP_STALE_AFTER = '1h';
    const schedule = place.beginOnTerminal('schedule');
    await schedule.says('(exit 5)');
    schedule.stop();
    expect((await schedule.ended).code).toBe(0);
  });

  it('runs also where somebody who was to be told can be told no more', async () => {
    const place = await nightsOf(1);
    map(place, 1);
    mkdirSync(join(place.dir, 'prom'));
    place.env.NIGHTSWEEP_METRICS_FILE = 'prom/night.prom';
    const schedule = place.begin('schedule');
    await schedule.says('took');
    rmSync(join(place.dir, 'prom'), { recursive: true });
    await schedule.says('took', 2);
    schedule.stop();
    const { stderr } = await schedule.ended;
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'The night goes on without it: The folder of prom/night.prom',
    );
    expect(place.query('SELECT exit_code FROM runs').slice(0, 2)).toEqual([
      { exit_code: 0 },
      { exit_code: 0 },
    ]);
  });

  it('that is stopped at night ends as an interrupted sweep does', async () => {
    const place = await nightsOf(2);
    map(place, 2);
    place.env.NIGHTSWEEP_CONCURRENCY = '1';
    const { reached, goOn } = place.hold('close');
    const schedule = place.begin('schedule');
    await reached;
    schedule.stop();
    goOn();
    const { code, stderr } = await schedule.ended;
    expect(code).toBe(143);
    expect(stderr).toContain('Interrupted; run again to go on.');
    expect(stderr.endsWith('Stopped.\n')).toBe(true);
    expect(place.query('SELECT state, exit_code FROM runs')).toEqual([
      { state: 'interrupted', exit_code: 143 },
    ]);
    demandAgreement(place);
  });

  it.each([
    ['true', 'one sweep makes up for that now', 2],
    ['false', 'schedule.catchUp is not set', 1],
  ])('begins after hours in which nothing ran, with catchUp %s: %s', async (catchUp, says, runs) => {
    const place = await nightsOf(1);
    map(place, 1);
    expect((await place.begin('sweep').ended).code).toBe(0);
    place.clock.jump(2 * HOUR);
    place.env.NIGHTSWEEP_SCHEDULE_CATCH_UP = catchUp;
    place.env.NIGHTSWEEP_SCHEDULE_CRON = '0 3 * * *';
    place.clock.jump(24 * HOUR);
    const schedule = place.begin('schedule');
    await schedule.says(says);
    if (runs === 2) await schedule.says('took');
    schedule.stop();
    await schedule.ended;
    expect(place.query('SELECT id FROM runs')).toHaveLength(runs);
  });
});
