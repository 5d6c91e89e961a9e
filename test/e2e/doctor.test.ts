import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { preload } from './child.ts';
import { aPlace, CLOSED_PORT, type Place } from './place.ts';
import { map, mappingOf, stale } from './world.ts';

async function readyPlace(options: Partial<SimulatorOptions> = {}): Promise<Place> {
  const place = await aPlace({ conversations: stale(1), ...options });
  place.env.NIGHTSWEEP_EXPECT_ORGANIZATION = 'Simulated Organisation';
  map(place, 1);
  place.file('text.db', 'this is no database\n'.repeat(100));
  return place;
}

/** Every failure: what is wrong, the exit code, the check that says so and what it says. */
const FAILURES: readonly (readonly [
  string,
  Partial<SimulatorOptions>,
  Record<string, string | undefined>,
  number,
  string,
  string,
])[] = [
  ['no secret', {}, { GENESYS_CLIENT_SECRET: undefined }, 2, 'credentials', 'set GENESYS_CLIENT_SECRET'],
  ['a wrong secret', { clientSecret: 'other' }, {}, 4, 'token', 'refused the client credentials'],
  [
    'no permission to read',
    { missingPermissions: ['conversation:communication:view'] },
    {},
    4,
    'reading',
    'grant conversation:communication:view',
  ],
  [
    'no permission to disconnect',
    { missingPermissions: ['conversation:communication:disconnect'] },
    {},
    4,
    'closing',
    'grant conversation:communication:disconnect',
  ],
  ['a wrong clock', { clockSkewMs: 3_600_000 }, {}, 5, 'clock', 'set it right (NTP)'],
  [
    'another organisation',
    { organization: { id: '0c1d2e3f-4a5d-4e6f-8a9b-3f2b8c1e4a5b', name: 'Somebody Else' } },
    {},
    5,
    'organisation',
    'Somebody Else',
  ],
  [
    'an API out of reach',
    {},
    { GENESYS_API_URL: CLOSED_PORT, ...preload('short-waits') },
    8,
    'api',
    'cannot be reached',
  ],
  [
    'a file that is no database',
    {},
    { NIGHTSWEEP_DB: 'text.db' },
    9,
    'database',
    'is not a nightsweep database',
  ],
];

describe('doctor', () => {
  it('finds everything in order, closes nothing, and says so in 80 columns', async () => {
    const place = await readyPlace();
    await place.runHere('sweep');
    place.file('more.csv', mappingOf(2));
    await place.runHere('import', 'mapping', 'more.csv');
    const before = place.query('SELECT * FROM runs');
    const { code, stdout } = await place.runHere('doctor');
    expect(code).toBe(0);
    const names = [
      ...['settings', 'schedule', 'credentials', 'organisation', 'reading', 'closing'],
      ...['rate limit', 'clock', 'database', 'lease', 'last sweep'],
    ];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ok {4}${name}\\b`, 'm'));
    expect(stdout).toMatch(/\nEverything is ready\.\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(place.query('SELECT * FROM runs')).toEqual(before);
    expect(place.simulator.world.account().filter(({ patches }) => patches > 1)).toEqual([]);
  });

  it('is not ready on a first day, as a sweep is not, and says what to do next', async () => {
    const place = await aPlace();
    const { code, json } = await place.runHere('doctor', '--json');
    expect((await place.runHere('sweep')).code).toBe(code);
    expect(json).toMatchObject({
      exitCode: 9,
      message: expect.stringMatching(/^Not ready: 1 of \d+ checks failed \(database\)\.$/),
    });
    const remarks = json.checks.filter((check: { status: string }) => check.status !== 'ok');
    expect(remarks).toEqual([
      { name: 'organisation', status: 'warn', says: expect.stringContaining('set expectOrganization') },
      { name: 'database', status: 'fail', says: expect.stringContaining('nightsweep import mapping FILE') },
    ]);
  });

  it.each(FAILURES)('finds %s', async (_what, options, env, exitCode, name, says) => {
    const place = await readyPlace(options);
    Object.assign(place.env, env);
    const { code, json } = await place.runHere('doctor', '--json');
    expect(code).toBe(exitCode);
    const failed = json.checks.filter((check: { status: string }) => check.status === 'fail');
    expect(failed).toContainEqual({ name, status: 'fail', says: expect.stringContaining(says) });
    expect(json.message).toMatch(
      failed.length === 1
        ? new RegExp(`^Not ready: 1 of \\d+ checks failed \\(${name}\\)\\.$`)
        : /^Not ready: \d+ of \d+ checks failed; mend the first one first \(/,
    );
  });

  it.each([
    ['policy', { NIGHTSWEEP_STALE_AFTER: '12h' }],
    ['volume', {}],
  ] as const)('says that the next night will be refused as the last one was (%s)', async (what, env) => {
    const place = await readyPlace({ conversations: stale(201) });
    for (let n = 0; n < 3; n++) await place.runHere('sweep');
    Object.assign(place.env, env);
    if (what === 'volume') {
      place.file('more.csv', mappingOf(400));
      await place.runHere('import', 'mapping', 'more.csv');
    }
    expect((await place.runHere('sweep', '--quiet')).code).toBe(5);
    const { code, json } = await place.runHere('doctor', '--json');
    expect({ code, message: json.message }).toEqual({
      code: 0,
      message: `Ready, but the next night will be refused unless it is accepted once: nightsweep sweep --accept-${what}.`,
    });
    expect(json.checks).toContainEqual({
      name: 'last sweep',
      status: 'warn',
      says: expect.stringMatching(new RegExp(`exit 5: .*--accept-${what}`)),
    });
    expect((await place.runHere('sweep', `--accept-${what}`, '--quiet')).code).not.toBe(5);
    expect((await place.runHere('doctor', '--json')).json.message).not.toContain('refused');
  });
});

describe('doctor says what a sweep would only warn of', () => {
  it('without the permission for the survey', async () => {
    const place = await readyPlace({ missingPermissions: ['analytics:conversationDetail:view'] });
    const { code, stdout } = await place.runHere('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warn {2}survey/m);
    expect(stdout.replace(/\s+/g, ' ')).toContain('grant analytics:conversationDetail:view');
  });

  it('after a sweep that died, which runs shows as died too', async () => {
    const place = await readyPlace();
    place.simulator.intercept(({ route }) => (route === 'read' ? 'timeout' : null));
    const sweep = place.start('sweep');
    while (place.count('read') === 0) await new Promise((resolve) => setImmediate(resolve));
    sweep.process.kill('SIGKILL');
    await sweep.ended;
    place.simulator.intercept(null);
    expect((await place.run('doctor')).stdout).toMatch(/^warn {2}last sweep +run 1, .*died/m);
    expect((await place.run('runs')).stdout).toMatch(/sweep +died/);
  });
});

describe('doctor, of the last night,', () => {
  const lastSweep = async (place: Place) => {
    const { checks } = (await place.runHere('doctor', '--json')).json;
    return checks.find(({ name }: { name: string }) => name === 'last sweep');
  };

  it('says that it could not begin, which is on no record, until one has', async () => {
    const place = await readyPlace();
    await place.runHere('sweep');
    place.simulator.intercept(({ route }) =>
      route === 'token' ? { kind: 'reply', status: 401, body: '{}' } : null,
    );
    expect((await place.runHere('sweep', '--quiet')).code).toBe(4);
    place.simulator.intercept(null);
    expect(await lastSweep(place)).toMatchObject({
      status: 'warn',
      says: expect.stringMatching(
        /^could not begin .* ago \(\S+Z\), exit 4: .*refused the client credentials/,
      ),
    });
    expect((await place.runHere('sweep')).code).toBe(0);
    expect(await lastSweep(place)).toMatchObject({ status: 'ok' });
  });

  it('says that it did not run', async () => {
    const place = await readyPlace();
    await place.runHere('sweep');
    place.execute(
      "UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '-31 hours'), finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '-31 hours')",
    );
    expect(await lastSweep(place)).toMatchObject({
      status: 'warn',
      says: expect.stringContaining('one was due every 1d (expectedEvery)'),
    });
    place.execute(
      "UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '-72 hours'), finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '-72 hours')",
    );
    expect((await lastSweep(place)).says).toContain('4 were due since, one every 1d (expectedEvery)');
  });
});

it('a sweep whose database is taken away stops with 9 and closes nothing more', async () => {
  const place = await aPlace({ conversations: stale(40) });
  map(place, 40);
  place.simulator.intercept(({ route }) => {
    if (route === 'close' && place.count('close') === 3) rmSync(place.database);
    return null;
  });
  const { code, stderr } = await place.run('sweep');
  expect(code).toBe(9);
  expect(stderr).toContain('was removed or replaced while it was in use');
  expect(place.count('close')).toBeLessThanOrEqual(3 + 10);
});
