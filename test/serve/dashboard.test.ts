import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { BusyError, DatabaseError } from '../../src/domain/errors.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { mappingRow, newRun, T0 } from '../store/fixtures.ts';
import { aServer, type Server, TOKEN } from './running.ts';

const HTML = { accept: 'text/html,*/*' };

interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

async function get(
  server: Server,
  path: string,
  headers: Record<string, string> = HTML,
  method = 'GET',
): Promise<Told> {
  const reply = await request(`${server.url}${path}`, { method: method as 'GET', headers });
  return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
}

async function post(
  server: Server,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Told> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...HTML, ...headers };
  const reply = await request(`${server.url}${path}`, { method: 'POST', headers: form, body });
  return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
}

/** Logs in; the pair of the cookie, to be sent back. */
async function loggedIn(server: Server): Promise<string> {
  const { headers } = await post(server, '/login', `token=${TOKEN}`);
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

function ranLastNight({ store }: Server, closed: number): void {
  store.intake.putMappings([mappingRow(0)], 'csv', T0);
  const id = store.runs.begin(newRun({ startedAt: T0 - HOUR }));
  const counts = { ...noCounts(), closed };
  const end = {
    state: 'done',
    exitCode: 0,
    message: `Closed ${closed}.`,
    finishedAt: T0 - 30 * MINUTE,
  } as const;
  store.runs.finish(id, { ...end, counts, requests: noRequests() });
}

describe('the dashboard without a token', () => {
  it('is a page that says how the last night ended', async () => {
    const server = await aServer({ token: null });
    expect((await get(server, '/')).text).toContain('No full sweep has run yet.');
    ranLastNight(server, 177);
    server.now += 5_000;
    const { status, headers, text } = await get(server, '/');
    expect(status).toBe(200);
    expect(text).toContain('<title>✓ closed 177 · web-1 · nightsweep</title>');
    expect(text).toContain('nightsweep <span class="name">web-1</span>');
    expect(text).not.toContain('Log out');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-as-of': '00:00:05',
      age: '0',
    });
    expect(String(headers['content-security-policy'])).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
  });

  it.each([
    ['localhost', 200],
    ['LOCALHOST:8088', 200],
    ['127.0.0.1:1', 200],
    ['127.1.2.3', 200],
    ['[::1]:8088', 200],
    ['rebound.example', 403],
    ['localhost.example', 403],
    ['127.0.0.1.example:8088', 403],
    ['10.0.0.1', 403],
    ['[2001:db8::1]', 403],
  ])('called %s is answered with %i, so that no other site can read it', async (host, status) => {
    const server = await aServer({ token: null });
    for (const path of ['/', '/login']) {
      const told = await get(server, path, { ...HTML, host });
      expect(told.status, path).toBe(path === '/login' && status === 200 ? 303 : status);
      if (status === 403) expect(JSON.parse(told.text).code).toBe('foreign_host');
    }
  });

  it('needs no login', async () => {
    const server = await aServer({ token: null });
    expect(await get(server, '/login')).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(await post(server, '/login', 'token=x')).toMatchObject({
      status: 303,
      headers: { location: '/' },
    });
  });

  it('costs nothing when nothing has changed', async () => {
    const server = await aServer({ token: null });
    const { headers } = await get(server, '/');
    const tag = String(headers.etag);
    for (const known of [tag, `"x", ${tag}`, tag.replace('W/', '')]) {
      const again = await get(server, '/', { ...HTML, 'if-none-match': known });
      expect(again).toMatchObject({ status: 304, text: '', headers: { etag: tag, age: '0' } });
    }
    ranLastNight(server, 1);
    server.now += 5_000;
    expect((await get(server, '/', { ...HTML, 'if-none-match': tag })).status).toBe(200);
  });

  it('is read once for all who look within some seconds, and says how old it is', async () => {
    let reads = 0;
    const server = await aServer({ token: null, seen: { runs: () => [...Array(++reads)].slice(0, 0) } });
    await Promise.all(Array.from({ length: 20 }, () => get(server, '/')));
    server.now += 2_000;
    expect((await get(server, '/')).headers.age).toBe('2');
    expect(reads).toBe(1);
    server.now += 1_000;
    expect((await get(server, '/')).headers.age).toBe('0');
    expect(reads).toBe(2);
  });

  it('answers HEAD as GET, and no other method', async () => {
    const server = await aServer({ token: null });
    const { status, text, headers } = await get(server, '/', HTML, 'HEAD');
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers.etag).toBeDefined();
    expect((await post(server, '/', '')).status).toBe(405);
  });

  it('says in a page that the record cannot be read, and to programs in a problem', async () => {
    const lastSweep = () => {
      throw new DatabaseError('The database /secret/place is damaged.');
    };
    const server = await aServer({ token: null, seen: { lastSweep } });
    const { status, text, headers } = await get(server, '/');
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 503,
      type: 'text/html; charset=utf-8',
    });
    expect(text).toContain('The record cannot be read.');
    expect(text).toContain('The database cannot be used; the log of the server says why.');
    expect(text).not.toContain('/secret/place');
    expect(server.said.join()).toContain('/secret/place');
    const problem = await get(server, '/', { accept: '*/*' });
    expect(JSON.parse(problem.text).code).toBe('database_unusable');
  });

  it('waits for a lock that is let go, as every read does', async () => {
    let locked = 2;
    const events = () => {
      if (locked-- > 0) throw new BusyError('locked');
      return { waiting: 7, settled: 0, lastReceivedAt: null };
    };
    const server = await aServer({ token: null, seen: { events } });
    expect((await get(server, '/')).text).toContain('<dt>Events waiting</dt><dd class="value">7</dd>');
  });

  it('tells of what the background and the schedule are doing', async () => {
    const background = {
      phase: 'backing_off',
      trouble: 'No way in',
      retryAt: T0 + MINUTE,
      lastBatchAt: T0,
    } as const;
    const schedule = {
      cron: '0 2 * * *',
      timeZone: 'UTC',
      nextAt: T0 + HOUR,
      runningSince: null,
    };
    const { text } = await get(await aServer({ token: null, background, schedule }), '/');
    expect(text).toContain('No way in. It tries again at 00:01:00; nothing is lost.');
    expect(text).toContain('The next begins Sat 1 Mar, 01:00, in 1h.');
    expect(text).toContain('0 2 * * * (UTC)');
  });
});

describe('the dashboard behind a token', () => {
  it('shows a browser that has lost its way a page of few words, and any other client a problem', async () => {
    const server = await aServer();
    const lost = await get(server, '/dashbord');
    expect(lost).toMatchObject({ status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(lost.text).toContain('There is nothing at this path. <a href="/">To the dashboard</a>');
    expect(lost.text).not.toContain('web-1');
    expect(lost.headers['content-security-policy']).toContain("default-src 'none'");
    const problem = await get(server, '/dashbord', { accept: '*/*' });
    expect(JSON.parse(problem.text)).toMatchObject({ status: 404, code: 'unknown_path' });
  });

  it('leads a browser to the login page, tells others, and takes the header', async () => {
    const server = await aServer();
    expect(await get(server, '/')).toMatchObject({ status: 303, headers: { location: '/login' }, text: '' });
    const other = await get(server, '/', { accept: '*/*' });
    expect(other).toMatchObject({
      status: 401,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
    });
    expect(other.headers['www-authenticate']).toBeDefined();
    const bearer = (token: string) => get(server, '/', { ...HTML, authorization: `Bearer ${token}` });
    expect((await bearer(TOKEN)).status).toBe(200);
    expect((await bearer(`${TOKEN}x`)).status).toBe(401);
    const login = (await get(server, '/login')).text;
    expect(login).toContain('type="password"');
    expect(login).toContain('the token of the server (NIGHTSWEEP_API_TOKEN or its file)');
    expect(login).toContain('<title>Log in · web-1 · nightsweep</title>');
  });

  it('gives a cookie for the token, which is not the token and that no script and no other site sees', async () => {
    const server = await aServer();
    const { status, headers } = await post(server, '/login', `token=+${TOKEN}+`);
    expect({ status, location: headers.location }).toEqual({ status: 303, location: '/' });
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(
      /^nightsweep_[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    expect(cookie).not.toContain(TOKEN);
    const [pair = ''] = cookie.split(';');
    const page = await get(server, '/', { ...HTML, cookie: `other=1; ${pair}` });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Log out');
    expect(page.text).not.toContain(TOKEN);
    expect(await get(server, '/login', { ...HTML, cookie: pair })).toMatchObject({ status: 303 });
    expect(server.said.join()).not.toContain(TOKEN);
    expect(server.said.join()).not.toContain(pair.split('=')[1]);
  });

  it('has the cookie sent over https only, where the login came that way', async () => {
    const server = await aServer();
    const { headers } = await post(server, '/login', `token=${TOKEN}`, { 'x-forwarded-proto': 'https' });
    expect(headers['set-cookie']).toMatch(/; Secure$/);
  });

  it('ends sessions after twelve hours, and at the wish of who has one', async () => {
    const server = await aServer();
    const [first, second] = [await loggedIn(server), await loggedIn(server)];
    const with_ = (cookie: string) => get(server, '/', { ...HTML, cookie });
    const out = await post(server, '/logout', '', { cookie: first });
    expect(out).toMatchObject({ status: 303, headers: { location: '/login' } });
    expect(String(out.headers['set-cookie'])).toMatch(/^nightsweep_\w+=; .*Max-Age=0/);
    expect((await with_(first)).status).toBe(303);
    server.now += 12 * HOUR - 1;
    expect((await with_(second)).status).toBe(200);
    server.now += 1;
    expect((await with_(second)).status).toBe(303);
  });

  it('takes no other token, and after ten within a minute none at all', async () => {
    const server = await aServer();
    for (const wrong of [
      '',
      'x',
      `${TOKEN}x`,
      'a b',
      '\u0000',
      `${TOKEN}\n${TOKEN}`,
      '€',
      TOKEN.slice(1),
      '7',
      '8',
    ]) {
      const told = await post(server, '/login', `token=${encodeURIComponent(wrong)}`);
      expect(told.status).toBe(401);
      expect(told.text).toContain('This is not the token.');
      expect(told.headers['set-cookie']).toBeUndefined();
      if (wrong.length > 3) expect(told.text).not.toContain(wrong);
    }
    const told = await post(server, '/login', `token=${TOKEN}`);
    expect(told).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    expect((await get(server, '/', { ...HTML, authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    server.now += MINUTE;
    expect((await post(server, '/login', `token=${TOKEN}`)).status).toBe(303);
  });

  it.each<[string, Record<string, string>, number]>([
    ['the browser says it is of this site', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
    ['somebody has typed it', { 'sec-fetch-site': 'none' }, 303],
    ['the browser says it is of another', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['an old browser names another site', { origin: 'https://evil.example' }, 403],
    ['or none', { origin: 'null' }, 403],
    ['or this one', { origin: 'http://ops.example:8088', host: 'ops.example:8088' }, 303],
  ])('looks at where a form was sent from: %s', async (_, headers, status) => {
    const server = await aServer();
    for (const path of ['/login', '/logout']) {
      expect((await post(server, path, `token=${TOKEN}`, headers)).status, path).toBe(status);
    }
  });

  it('lets who comes by a link on another site take one step of his own, with his cookie', async () => {
    const server = await aServer();
    const step = await get(server, '/', { ...HTML, 'sec-fetch-site': 'cross-site' });
    expect(step.status).toBe(200);
    expect(step.text).toContain('content="0;url=/"');
    expect(step.text).not.toContain('<main>');
  });

  it('is in no description for programs', async () => {
    const { json } = await (await aServer()).send('GET', '/openapi.json');
    expect(Object.keys(json.paths)).not.toEqual(expect.arrayContaining(['/']));
    expect(Object.keys(json.paths).filter((path) => /^\/(log|$)/.test(path))).toEqual([]);
  });
});
