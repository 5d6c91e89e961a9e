import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CATALOGUE } from '../../src/metrics/catalogue.ts';
import { createLease } from '../../src/store/lease.ts';
import { aPromtool } from '../metrics/promtool.ts';
import { aPlace, CLOSED_PORT, type Place } from './place.ts';
import { serveIn } from './server.ts';
import { idOf, map, stale } from './world.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i;
const FILE = 'night.prom';

const fileOf = ({ dir }: Place) => readFileSync(join(dir, FILE), 'utf8');
/** Without the label that tells files apart. */
function valueIn(text: string, sample: string): number | null {
  const plain = text.replaceAll(/,?textfile="night"/g, '').replaceAll('{}', '');
  const line = plain.split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length));
}
const namesIn = (text: string) => [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);

/** A place with five stale conversations, and a file of metrics. */
async function aNight(): Promise<Place> {
  const place = await aPlace({ conversations: stale(5) });
  map(place, 5);
  place.env.NIGHTSWEEP_METRICS_FILE = FILE;
  return place;
}

/** For the length of the test: a lease that nobody keeps hold of goes when its connection is collected. */
function holdLease(database: string): void {
  const release = createLease(database).acquire();
  onTestFinished(() => release?.());
}

describe('sweep --metrics-file', () => {
  const promtool = aPromtool();

  it('leaves what promtool finds nothing against, for all to read, and names nobody', async (test) => {
    const place = await aNight();
    expect(await place.runHere('sweep')).toMatchObject({ code: 0 });
    const text = fileOf(place);
    expect(statSync(join(place.dir, FILE)).mode & 0o777).toBe(0o644);
    const [{ n: closed }] = place.query("SELECT count(*) AS n FROM outcomes WHERE outcome = 'closed'");
    expect(closed).toBeGreaterThan(0);
    const told = [...text.matchAll(/^nightsweep_last_outcomes\{outcome="closed",[^}]*\} (\d+)$/gm)];
    expect(told.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(closed);
    expect(valueIn(text, 'nightsweep_last_exit_code')).toBe(0);
    const patches =
      'nightsweep_genesys_requests_total{method="PATCH",route="/api/v2/conversations/messages/{id}",status="200"}';
    expect(valueIn(text, patches)).toBe(place.count('close'));
    expect(text).not.toMatch(UUID);
    expect(readdirSync(place.dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(promtool(test, ['check', 'metrics'], text)).toEqual({ status: 0, said: '' });
  });

  it('is replaced as a whole: whoever reads it meanwhile reads all of one or of the other', async () => {
    const place = await aNight();
    await place.runHere('sweep');
    const { ended } = place.start('sweep');
    let isOver = false;
    ended.finally(() => {
      isOver = true;
    });
    const lengths = new Set<number>();
    while (!isOver) {
      const text = fileOf(place);
      expect(text.endsWith('nightsweep_given_up_total{textfile="night"} 0\n')).toBe(true);
      lengths.add(text.length);
      await turn();
    }
    expect(lengths.size).toBeGreaterThan(0);
  });

  it('is left alone by a dry run', async () => {
    const place = await aNight();
    expect(await place.runHere('sweep', '--dry-run')).toMatchObject({ code: 0 });
    expect(existsSync(join(place.dir, FILE))).toBe(false);
  });

  it.each<[string, number, (place: Place) => void]>([
    [
      'its secret is wrong',
      4,
      ({ env }) => void Object.assign(env, { GENESYS_CLIENT_SECRET: 'another-secret-of-nobody' }),
    ],
    [
      'nobody answers',
      8,
      ({ env }) =>
        void Object.assign(env, {
          GENESYS_LOGIN_URL: CLOSED_PORT,
          GENESYS_API_URL: CLOSED_PORT,
          NODE_OPTIONS: `--import=${new URL('./preload/short-waits.mjs', import.meta.url)}`,
        }),
    ],
    ['the database is broken', 9, ({ database }) => writeFileSync(database, 'no database at all')],
    ['a setting is missing', 2, ({ env }) => void Object.assign(env, { GENESYS_CLIENT_ID: undefined })],
  ])(
    'tells of a night that could not begin because %s, and keeps the last success',
    async (_, exitCode, harm) => {
      const place = await aNight();
      await place.runHere('sweep');
      const before = fileOf(place);
      harm(place);
      expect((await place.runHere('sweep')).code).toBe(exitCode);
      const text = fileOf(place);
      const value = (sample: string, of = text) => valueIn(of, sample);
      expect(value('nightsweep_last_exit_code')).toBe(exitCode);
      const success = 'nightsweep_last_success_timestamp_seconds';
      expect(value(success)).toBe(value(success, before));
      const start = 'nightsweep_last_start_timestamp_seconds';
      expect(value(start)).toBeGreaterThan(value(start, before) ?? Number.NaN);
      expect(namesIn(text)).toEqual(namesIn(before));
    },
  );

  it('tells nothing of a sweep that found another at work, or that was a part of the work', async () => {
    const place = await aNight();
    await place.run('sweep');
    const last = (text: string) => text.split('\n').filter((line) => line.startsWith('nightsweep_last_'));
    const before = last(fileOf(place));
    expect((await place.run('sweep', '--only-requested')).code).toBe(0);
    expect(last(fileOf(place))).toEqual(before);
    holdLease(place.database);
    expect((await place.run('sweep')).code).toBe(11);
    expect(last(fileOf(place))).toEqual(before);
  });

  it.each([
    ['nowhere/a.prom', 'folder of nowhere/a.prom does not exist'],
    ['nightsweep.db', 'nightsweep.db is the database'],
    ['nightsweep.db-wal', 'belongs to the database'],
    ['.', 'is no file'],
    ['notes.prom', 'holds something else than metrics of nightsweep'],
  ])('refuses %s before anything is asked', async (file, why) => {
    const place = await aNight();
    place.file('notes.prom', 'not ours\n');
    const { code, stderr } = await place.runHere('sweep', '--metrics-file', file);
    expect(code).toBe(2);
    expect(readFileSync(join(place.dir, 'notes.prom'), 'utf8')).toBe('not ours\n');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(why);
    expect(place.simulator.log).toEqual([]);
  });

  it('warns of a name that node_exporter passes over', async () => {
    const place = await aNight();
    const { code, stderr } = await place.runHere('sweep', '--metrics-file', 'night.txt');
    expect(code).toBe(0);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('does not end with .prom');
  });
});

describe('GET /metrics', () => {
  const promtool = aPromtool();

  it('tells of the record and of the server, to whoever has the token', async (test) => {
    const place = await aNight();
    await place.runHere('sweep');
    const { url, send } = await serveIn(place);
    expect((await send('GET', '/metrics', { token: null })).status).toBe(401);
    await send('GET', `/sessions/${idOf(1)}`);
    await send('GET', '/no-such-path');
    await send('POST', '/webhooks/genesys', { token: null, body: { type: `x-${idOf(2)}` } });
    const headers = { authorization: `Bearer ${place.env.NIGHTSWEEP_API_TOKEN}` };
    const reply = await request(`${url}/metrics`, { headers });
    const text = await reply.body.text();
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const http = (route: string, status: number, method = 'GET') =>
      valueIn(text, `nightsweep_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
    expect(http('/sessions/{sessionId}', 404)).toBe(1);
    expect(http('unknown', 404)).toBe(1);
    expect(http('/metrics', 401)).toBe(1);
    expect(valueIn(text, 'nightsweep_webhooks_received_total{event="none",answer="not_configured"}')).toBe(1);
    expect(valueIn(text, 'nightsweep_last_exit_code')).toBe(0);
    expect(valueIn(text, 'nightsweep_worker_ready')).toBe(1);
    expect(valueIn(text, 'nightsweep_record_readable')).toBe(1);
    expect(text).not.toMatch(UUID);
    const missing = Object.keys(CATALOGUE).filter((name) => !namesIn(text).includes(name));
    expect(missing).toEqual(['nightsweep_schedule_next_timestamp_seconds']);
    expect(
      namesIn(text).filter(
        (name) => !/^(process|nodejs)_/.test(name ?? '') && !Object.hasOwn(CATALOGUE, name ?? ''),
      ),
    ).toEqual([]);
    expect(promtool(test, ['check', 'metrics'], text)).toEqual({ status: 0, said: '' });
  });

  it('says that the record cannot be read when the database is gone', async () => {
    const place = await aNight();
    const { url } = await serveIn(place);
    for (const name of readdirSync(place.dir).filter((one) => one.startsWith('nightsweep.db'))) {
      renameSync(join(place.dir, name), join(place.dir, `gone-${name}`));
    }
    const headers = { authorization: `Bearer ${place.env.NIGHTSWEEP_API_TOKEN}` };
    const reply = await request(`${url}/metrics`, { headers });
    expect(await reply.body.text()).toContain('nightsweep_record_readable 0');
  });

  it('is open on loopback where no token is configured', async () => {
    const place = await aNight();
    place.env.NIGHTSWEEP_API_TOKEN = '';
    const { url } = await serveIn(place);
    const reply = await request(`${url}/metrics`);
    expect(reply.statusCode).toBe(200);
    expect(await reply.body.text()).toContain('nightsweep_backlog_conversations 5');
    // A page of another site that has its own name lead here.
    const strange = await request(`${url}/metrics`, { headers: { host: 'evil.example' } });
    expect(strange.statusCode).toBe(403);
    expect(await strange.body.text()).not.toContain('nightsweep_');
  });
});
