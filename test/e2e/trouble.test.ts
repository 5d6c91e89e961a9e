import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, preload } from './child.ts';
import { CLOSED_PORT, openPlace, type Place } from './place.ts';
import { everything, idOf, map, stale } from './world.ts';

const READ = 'conversation:communication:view';
const DISCONNECT = 'conversation:communication:disconnect';

/** Changes of the environment, the exit code, and what is said. Refused before anything is recorded. */
const SETTINGS = [
  [
    'missing credentials',
    { GENESYS_CLIENT_ID: undefined, GENESYS_CLIENT_SECRET: undefined },
    'set GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE)',
  ],
  ['a missing secret', { GENESYS_CLIENT_SECRET: undefined }, 'set GENESYS_CLIENT_SECRET (or'],
  ['an implausible region', { GENESYS_ENVIRONMENT: 'mypurecloud.example' }, 'did you mean mypurecloud.com?'],
  ['plain http to another host', { GENESYS_API_URL: 'http://api.example.com' }, 'use https:'],
  ['an unknown variable', { NIGHTSWEEP_STALE_AFTR: '1h' }, 'did you mean NIGHTSWEEP_STALE_AFTER?'],
  ['a bad value in a variable', { NIGHTSWEEP_STALE_AFTER: 'soon' }, 'NIGHTSWEEP_STALE_AFTER: staleAfter'],
] as const;

const FILES = [
  [
    'an unknown key',
    'api: platform\nstaleAftr: 24h\n',
    'nightsweep.yaml line 2: staleAftr is not a setting; did you mean staleAfter?',
  ],
  ['a bad value', '# mine\n\nconcurrency: many\n', 'nightsweep.yaml line 3: concurrency cannot be "many"'],
  ['a secret', 'clientSecret: abc\n', 'does not belong into a settings file'],
  ['broken YAML', 'api: [platform\n', 'is not valid YAML'],
] as const;

describe('a sweep that cannot be begun says why in one sentence and changes nothing', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({ conversations: stale(2) });
    map(place, 2);
    return () => place.leave();
  });

  async function demandRefusal(says: string): Promise<void> {
    const before = everything(place);
    const { code, stdout, stderr } = await place.runHere('sweep');
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^nightsweep: [^\n]+[.?]\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(everything(place)).toEqual(before);
    expect(place.simulator.log).toEqual([]);
  }

  it.each(SETTINGS)('%s', async (_what, changes, says) => {
    const env = { ...place.env };
    Object.assign(place.env, changes);
    try {
      await demandRefusal(says);
    } finally {
      Object.assign(
        place.env,
        Object.fromEntries(Object.keys(changes).map((name) => [name, undefined])),
        env,
      );
    }
  });

  it.each(FILES)('%s in the settings file', async (_what, yaml, says) => {
    place.file('nightsweep.yaml', yaml);
    try {
      await demandRefusal(says);
    } finally {
      place.file('nightsweep.yaml', '');
    }
  });
});

describe('a sweep that is not let in', () => {
  let place: Place;
  beforeEach(() => {
    expect.hasAssertions();
  });
  afterEach(() => place.leave());

  /** Sweeps stale conversations; whatever happens, none may be closed, or look it. */
  async function sweep(
    options: Parameters<typeof openPlace>[0],
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const world = options?.conversations ?? stale(12);
    place = await openPlace({ ...options, conversations: world });
    map(place, world.length);
    const open = () => place.query("SELECT count(*) AS n FROM mappings WHERE state = 'open'");
    expect(open()).toEqual([{ n: world.length }]);
    Object.assign(place.env, env);
    const ended = await place.runHere('sweep', '--quiet');
    expect(open(), 'all are as before').toEqual([{ n: world.length }]);
    expect(place.query('SELECT * FROM intents')).toEqual([]);
    const said = ended.stdout + ended.stderr.replace(/^warning: No survey.*\n/m, '');
    expect(said.trimEnd().split('\n'), 'one line for the mail of cron').toHaveLength(1);
    for (const run of place.query('SELECT exit_code, message FROM runs')) {
      expect(run).toEqual({ exit_code: ended.code, message: ended.stdout.trimEnd() });
    }
    expect(place.query("SELECT * FROM outcomes WHERE outcome = 'closed'")).toEqual([]);
    return ended;
  }

  it('with a wrong secret exits 4 and names the likely wrong region', async () => {
    const { code, stdout, stderr } = await sweep({ clientSecret: 'another' });
    expect(code).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toContain('refused the client credentials (invalid_client)');
    expect(stderr).toContain('GENESYS_ENVIRONMENT must be the one the OAuth client was made in');
    expect(place.query('SELECT * FROM runs'), 'nothing is recorded').toEqual([]);
    expect([place.count('token'), place.count('read'), place.count('close')]).toEqual([1, 0, 0]);
  });

  it('without the permission to read exits 4, names it, and does not go through all', async () => {
    const { code, stdout } = await sweep({ missingPermissions: [READ] });
    expect(code).toBe(4);
    expect(stdout).toContain(`grant ${READ} to the OAuth client's role`);
    expect(place.count('close')).toBe(0);
  });

  it('without the permission to disconnect exits 4, names it, and tries no more than the first', async () => {
    const { code, stdout } = await sweep({ missingPermissions: [DISCONNECT] });
    expect(code).toBe(4);
    expect(stdout).toContain(`grant ${DISCONNECT}`);
    const failed = place.query("SELECT reason, detail, http_status FROM outcomes WHERE outcome = 'failed'");
    expect(failed.length).toBeGreaterThan(0);
    for (const one of failed) {
      expect(one).toMatchObject({ reason: 'close', http_status: 403 });
      expect(one.detail).toContain(DISCONNECT);
    }
    const runs = await place.runHere('runs', '1');
    expect(runs.stdout).toContain(`${failed.length} failed (close, 403, missing.permissions)`);
  });

  it('with nobody answering exits 8', async () => {
    const { code, stderr } = await sweep(
      {},
      { GENESYS_API_URL: CLOSED_PORT, GENESYS_LOGIN_URL: CLOSED_PORT, ...preload('short-waits') },
    );
    expect(code).toBe(8);
    expect(stderr).toContain('cannot be reached');
    expect(place.query('SELECT * FROM runs'), 'nothing is recorded').toEqual([]);
    expect(place.simulator.log).toEqual([]);
  });

  it('with only the API out of reach exits 3: one conversation is no proof that nobody is there', async () => {
    const { code, stdout } = await sweep(
      { conversations: stale(1) },
      { GENESYS_API_URL: CLOSED_PORT, ...preload('short-waits') },
    );
    expect(code).toBe(3);
    expect(stdout).toContain('1 failed');
    for (const { detail } of place.query('SELECT detail FROM outcomes')) {
      expect(detail).toContain('cannot be reached');
    }
    expect(place.count('token')).toBe(1);
  });

  it('close records no request', async () => {
    place = await openPlace({ conversations: stale(1), clientSecret: 'another' });
    await place.runHere('db', 'migrate');
    const { code, stderr } = await place.runHere('close', idOf(1));
    expect(code).toBe(4);
    expect(stderr).toContain('refused the client credentials');
    expect(place.query('SELECT * FROM close_requests')).toEqual([]);
    expect(place.count('close')).toBe(0);
  });
});
