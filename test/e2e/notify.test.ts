import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import { deadUrl, type Received, type Scripted, scriptedServer } from '../helpers/scripted-server.ts';
import { type Ended, preload } from './child.ts';
import { aPlace, type Place } from './place.ts';
import { conversations, idOf, map, stale } from './world.ts';

/** Part of every address, so that it can be found wherever it should not be. */
const MARK = 'addr-marker-5d1c7e09b3f2a846';
const SECRET = `whsec_${Buffer.from('sign-marker-0c9d8e7f6a5b4c3d').toString('base64')}`;
const PREFIX = 'NIGHTSWEEP_NOTIFY_';

interface Told {
  readonly place: Place;
  readonly received: readonly Received[];
  /** What has come since the last call: `slack`, `beat/start`, …, those of a heartbeat in their order first. */
  news(): string[];
  /** The last that came to it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
  last(kind: 'hook' | 'slack' | 'teams'): any;
}

/** A place whose nights are told to everybody there is, on a real server that answers so. */
async function aToldPlace(
  script: (request: Received) => Scripted = () => ({ body: 'OK' }),
  options: Parameters<typeof aPlace>[0] = {},
): Promise<Told> {
  const place = await aPlace(options);
  const { url, received } = await scriptedServer(script);
  Object.assign(place.env, {
    [`${PREFIX}WEBHOOK_URL`]: `${url}/hook/${MARK}`,
    [`${PREFIX}WEBHOOK_SECRET`]: SECRET,
    [`${PREFIX}SLACK_URL`]: `${url}/slack/${MARK}`,
    [`${PREFIX}TEAMS_URL`]: `${url}/teams?sig=${MARK}`,
    [`${PREFIX}HEARTBEAT_URL`]: `${url}/beat/${MARK}`,
    [`${PREFIX}NAME`]: 'web-1',
  });
  let seen = 0;
  return {
    place,
    received,
    news: () => {
      const fresh = received.slice(seen).map(({ path }) => path.replace(`/${MARK}`, '').slice(1));
      seen = received.length;
      const isBeat = (one: string) => one.startsWith('beat');
      return [...fresh.filter(isBeat), ...fresh.filter((one) => !isBeat(one)).sort()].map((one) =>
        one.replace(/\?.*/, ''),
      );
    },
    last: (kind) => {
      const body = received.findLast(({ path }) => path.startsWith(`/${kind}`))?.body;
      return JSON.parse(body ?? 'null');
    },
  };
}

const ALL = ['hook', 'slack', 'teams'];

/** Neither an address nor the signing secret is in what was printed, nor in any file. */
function demandHidden({ dir }: Place, { stdout, stderr }: Ended): void {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());
  for (const text of [stdout, stderr, ...files.map((path) => readFileSync(path, 'latin1'))]) {
    for (const secret of [MARK, SECRET]) expect(text.includes(secret)).toBe(false);
  }
}

describe('nights that are told', () => {
  it('are silent while all is well, but the heart beats', async () => {
    const { place, received, news } = await aToldPlace(undefined, { conversations: stale(2) });
    map(place, 2);
    const ended = await place.runHere('sweep');
    expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('warning') });
    expect(news()).toEqual(['beat/start', 'beat']);
    expect(received[1]?.body).toMatch(/^All is well\nClosed 2, kept 0/);
    demandHidden(place, ended);
  });

  it('are told when they fail, also without a run, each night, and when all is well again', async () => {
    const { place, news, last, received } = await aToldPlace(undefined, { conversations: stale(1) });
    map(place, 1);
    const rightSecret = place.env.GENESYS_CLIENT_SECRET;
    place.env.GENESYS_CLIENT_SECRET = 'wr0ng-secret-marker';
    for (const before of [null, 4]) {
      expect((await place.runHere('sweep')).code).toBe(4);
      expect(news()).toEqual(['beat/start', 'beat/fail', ...ALL]);
      const { type, data } = last('hook');
      expect(type).toBe('night.failure');
      expect(data.message).toContain('refused the client credentials');
      expect(data.night).toMatchObject({ exitCode: 4, run: null, counts: null });
      expect(data.night.before?.exitCode ?? null).toBe(before);
    }
    expect(place.query('SELECT * FROM runs')).toEqual([]);

    place.env.GENESYS_CLIENT_SECRET = rightSecret;
    const ended = await place.runHere('sweep');
    expect(ended.code).toBe(0);
    expect(news()).toEqual(['beat/start', 'beat', ...ALL]);
    expect(last('hook')).toMatchObject({
      type: 'night.change',
      data: {
        name: 'web-1',
        headline: 'All is well again',
        night: {
          exitCode: 0,
          run: { id: 1, kind: 'sweep', scope: 'full', state: 'done' },
          counts: { closed: 1 },
        },
      },
    });
    expect(last('slack').text).toMatch(/^🟢 All is well again \(web-1\): Closed 1/);
    const { headers, body } = received.findLast(({ path }) => path.startsWith('/hook')) ?? {};
    const signed = Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(SECRET).verify(body ?? '', signed)).toEqual(last('hook'));
    demandHidden(place, ended);

    await place.runHere('sweep');
    expect(news()).toEqual(['beat/start', 'beat']);
  });

  it('are told when a guard refuses, in its own words', async () => {
    const { place, news, last } = await aToldPlace(undefined, {
      conversations: stale(1),
      organization: { id: '0c1d2e3f-4a5d-4e6f-8a9b-3f2b8c1e4a5b', name: 'Somebody <Else>' },
    });
    map(place, 1);
    Object.assign(place.env, {
      NIGHTSWEEP_EXPECT_ORGANIZATION: 'Us',
      NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'Asia/Tokyo',
    });
    expect((await place.runHere('sweep')).code).toBe(5);
    expect(news()).toEqual(['beat/start', 'beat/fail', ...ALL]);
    expect(last('hook').type).toBe('night.refusal');
    expect(last('hook').data.message).toContain(
      'belong to the organisation Somebody <Else> ([id]), not to Us',
    );
    expect(last('slack').blocks[1].text.text).toContain('Somebody &lt;Else&gt;');
    expect(last('slack').blocks[2].elements[0].text).toMatch(
      /Began: \w{3} [\d-]{10} [\d:]{5} \(Asia\/Tokyo\)/,
    );
    expect(JSON.stringify(last('teams'))).toContain('Somebody <Else>');
  });

  it('are told of only as the settings say', async () => {
    const { place, news } = await aToldPlace(undefined, { conversations: stale(1) });
    map(place, 1);
    place.file('nightsweep.yaml', 'notify:\n  on: [refusal]\n');
    place.env.GENESYS_CLIENT_SECRET = 'wr0ng-secret-marker';
    expect((await place.runHere('sweep')).code).toBe(4);
    expect(news()).toEqual(['beat/start', 'beat/fail']);
  });

  it('are told when the database cannot be used', async () => {
    const { place, news, last } = await aToldPlace();
    place.file('nightsweep.db', 'this is no database\n'.repeat(100));
    expect((await place.runHere('sweep')).code).toBe(9);
    expect(news()).toEqual(['beat/start', 'beat/fail', ...ALL]);
    expect(last('hook').data.headline).toBe('The sweep failed: database');
  });

  it('are told, without a last beat, when somebody stops the service in the middle', async () => {
    const { place, news, last } = await aToldPlace(undefined, { conversations: stale(1) });
    map(place, 1);
    place.simulator.intercept(({ route }) => (route === 'read' ? 'timeout' : null));
    const sweep = place.start('sweep', '--grace', '0s', '--no-survey');
    while (place.count('read') === 0) await new Promise((resolve) => setImmediate(resolve));
    sweep.process.kill('SIGTERM');
    expect((await sweep.ended).code).toBe(143);
    expect(news()).toEqual(['beat/start', ...ALL]);
    expect(last('hook')).toMatchObject({
      type: 'night.change',
      data: {
        headline: 'The sweep was interrupted',
        night: { exitCode: 143, run: { state: 'interrupted' } },
      },
    });
  });

  it('of a part of the work, and dry runs, are no nights', async () => {
    const { place, news } = await aToldPlace(undefined, { conversations: stale(2) });
    map(place, 2);
    expect((await place.runHere('sweep', '--dry-run')).code).toBe(0);
    expect((await place.runHere('sweep', '--limit', '1')).code).toBe(6);
    expect(news()).toEqual([]);
    expect(existsSync(`${place.database}-notified`)).toBe(false);
  });

  it('end as they would have, with a warning, where nobody can be told', async () => {
    const { place, received } = await aToldPlace(
      ({ path }) =>
        path.startsWith('/hook') ? { status: 302, headers: { location: '/slack/elsewhere' } } : 'reset',
      { conversations: stale(1) },
    );
    map(place, 1);
    Object.assign(place.env, preload('short-waits'));
    place.env[`${PREFIX}TEAMS_URL`] = `${await deadUrl()}/${MARK}`;
    place.env.GENESYS_CLIENT_SECRET = 'wr0ng-secret-marker';
    const ended = await place.run('sweep', '--verbose');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(
      /warning: webhook \(127.*\) was not told of this night: it answered 302, and red/,
    );
    for (const kind of ['Slack', 'Teams', 'heartbeat']) {
      expect(ended.stderr).toMatch(new RegExp(`warning: ${kind} \\(127\\.0\\.0\\.1:\\d+\\) was not told`));
    }
    expect(received.filter(({ path }) => path.includes('elsewhere'))).toEqual([]);
    demandHidden(place, ended);
  });
});

/** An answer without effect that repeats whom it is about wherever it can. */
const naming = (status: number): Fault => ({
  kind: 'reply',
  status,
  body: JSON.stringify({ code: idOf(1), message: idOf(2), messageParams: { permission: idOf(3) } }),
});
const FAULTS: readonly (readonly ['read' | 'close' | 'token', Fault])[] = [
  ['token', naming(401)],
  ['read', naming(403)],
  ['read', naming(409)],
  ['close', naming(409)],
  ['close', 'reset_before'],
];

it('what is told names no customer, whatever goes wrong', async () => {
  const { place, received } = await aToldPlace(undefined, {
    conversations: conversations(['with_bot', 'with_bot', 'with_bot', 'with_bot']),
  });
  map(place, 4);
  place.execute(
    `UPDATE mappings SET session_id = 'session-of-jane-' || conversation_id, user_id = 'jane.doe@example.com'`,
  );
  Object.assign(place.env, preload('short-waits'));
  const codes = new Set<number | null>();
  for (const [faulty, fault] of FAULTS) {
    place.simulator.intercept(({ route }) => (route === faulty ? fault : null));
    codes.add((await place.runHere('sweep')).code);
  }
  expect(codes.size).toBeGreaterThan(1);
  const bodies = received.map(({ body }) => body).join('\n');
  expect(bodies.length).toBeGreaterThan(1_000);
  for (let n = 1; n <= 4; n++) expect(bodies).not.toContain(idOf(n));
  expect(bodies).not.toMatch(/jane|session-of|user-\d/);
});

describe('nightsweep notify', () => {
  it('shows who is told, without an address', async () => {
    const { place, news } = await aToldPlace();
    const ended = await place.runHere('notify');
    expect(ended.code).toBe(0);
    expect(ended.stdout.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')).toBe(
      'webhook (HOST): failure, refusal, change\nSlack (HOST): failure, refusal, change\nTeams (HOST): failure, refusal, change\nheartbeat (HOST): every night: start, success or fail\n\nNothing was sent; nightsweep notify --test sends a message.\n',
    );
    expect(news()).toEqual([]);
    demandHidden(place, ended);
  });

  it('sends everybody a test, which is no beat', async () => {
    const { place, news, last } = await aToldPlace();
    const { code, json } = await place.runHere('notify', '--test', '--json');
    expect({ code, json }).toMatchObject({
      code: 0,
      json: { name: 'web-1', exitCode: 0, message: 'Everybody was told.' },
    });
    const test = { delivered: true, says: 'answered 200 (OK)' };
    expect(json.targets).toEqual(
      ['webhook', 'slack', 'teams', 'heartbeat'].map((kind) => ({
        kind,
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        toldOf: kind === 'heartbeat' ? ['every night'] : ['failure', 'refusal', 'change'],
        test,
      })),
    );
    expect(news()).toEqual(['beat/log', ...ALL]);
    expect(last('hook').type).toBe('test');
  });

  it('says who could not be told, in 80 columns', async () => {
    const { place } = await aToldPlace(({ path }) =>
      path.startsWith('/slack') ? { status: 404, body: `no_service ${'at all '.repeat(20)}${MARK}` } : {},
    );
    const ended = await place.runHere('notify', '--test');
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/^fail {2}Slack \(127\.0\.0\.1:\d+\): answered 404 \(no_service at all/m);
    expect(ended.stdout).toMatch(/\n1 of 4 could not be told; check the address, then try again\.\n$/);
    expect(ended.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    demandHidden(place, ended);
  });

  it.each([
    [{ slack: 500 }, '1 of 4 could not be told; try again later.'],
    [{ slack: 429 }, '1 of 4 could not be told; try again later.'],
    [{ slack: 410, teams: 403 }, '2 of 4 could not be told; check the address, then try again.'],
    [
      { slack: 404, teams: 503 },
      '2 of 4 could not be told; try again later, and check the address of who refused it or was not there.',
    ],
  ])('advises what fits %j', async (statuses: Record<string, number>, message) => {
    const { place } = await aToldPlace(({ path }) => {
      const status = Object.entries(statuses).find(([kind]) => path.startsWith(`/${kind}`))?.[1];
      return status === undefined ? {} : { status };
    });
    Object.assign(place.env, preload('short-waits'));
    expect((await place.runHere('notify', '--test', '--json')).json).toMatchObject({ exitCode: 3, message });
  });

  it('advises to look at the address where nobody is', async () => {
    const { place } = await aToldPlace();
    Object.assign(place.env, preload('short-waits'));
    place.env[`${PREFIX}TEAMS_URL`] = `${await deadUrl()}/${MARK}`;
    const { json } = await place.runHere('notify', '--test', '--json');
    expect(json.message).toBe('1 of 4 could not be told; check the address, then try again.');
  });
});

describe('doctor', () => {
  it('knocks at everybody’s door, and says nothing', async () => {
    const { place, news } = await aToldPlace(undefined, { conversations: stale(1) });
    map(place, 1);
    place.env[`${PREFIX}TEAMS_URL`] = `${await deadUrl()}/${MARK}`;
    const ended = await place.runHere('doctor', '--json');
    expect(ended.code).toBe(0);
    const checks = ended.json.checks.filter(({ name }: { name: string }) => name === 'notify');
    expect(checks.map(({ status }: { status: string }) => status)).toEqual(['ok', 'ok', 'warn', 'ok']);
    expect(checks[1].says).toMatch(
      /^Slack \(127\.0\.0\.1:\d+\) can be reached; told of failure, refusal, change$/,
    );
    expect(checks[2].says).toMatch(/^Teams .* cannot be reached \(connect ECONNREFUSED/);
    expect(news()).toEqual([]);
    demandHidden(place, ended);
  });
});
