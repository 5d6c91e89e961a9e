import { once } from 'node:events';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import Database from '../../src/store/sqlite.ts';
import { TOKEN } from '../serve/running.ts';
import { aPlace, CLOSED_PORT, type Place } from './place.ts';
import { type Serving, serveIn } from './server.ts';
import { conversations, everything, idOf, stale } from './world.ts';

const STARTED_AT = toIso(Date.now() - 72 * HOUR);

function put({ send }: Serving, n: number) {
  return send('PUT', `/sessions/web-${n}/conversations/${idOf(n)}`, { body: { startedAt: STARTED_AT } });
}

/** Another program that writes, until it is done. */
function lock({ database }: Place): { unlock: () => void } {
  const user = new Database(database);
  user.exec('BEGIN IMMEDIATE');
  return {
    unlock: () => {
      user.exec('COMMIT');
      user.close();
    },
  };
}

describe('serve', () => {
  it('creates its database, tells where it listens, and a restart keeps everything', async () => {
    const place = await aPlace();
    // Nobody works on what it asks for.
    place.env.GENESYS_CLIENT_ID = undefined;
    const first = await serveIn(place);
    expect((await put(first, 1)).status).toBe(201);
    const { json } = await first.send('POST', '/closures', { body: { conversationIds: [idOf(1)] } });
    await first.send('PUT', `/sessions/web-1/conversations/${idOf(1)}/hold`, { body: { for: '7d' } });
    first.child.process.kill('SIGTERM');
    const { code, json: told, stderr } = await first.child.ended;
    expect({ code, told }).toEqual({
      code: 0,
      told: {
        url: first.url,
        host: '127.0.0.1',
        port: Number(new URL(first.url).port),
        authentication: true,
        schedule: null,
        next: [],
      },
    });
    const created = /Created \S+nightsweep\.db \(schema \d+\); no mapping is in it yet\./;
    expect(stderr).toMatch(created);
    const before = everything(place);

    const second = await serveIn(place);
    expect((await put(second, 1)).json.effect).toBe('unchanged');
    expect((await second.send('GET', `/closures/${json.requests[0].id}`)).json.status).toBe('pending');
    expect(everything(place)).toEqual(before);
    second.child.process.kill('SIGTERM');
    expect((await second.child.ended).stderr).not.toMatch(created);
  });

  it('tells the nights that it runs, as schedule does', async () => {
    const place = await aPlace();
    Object.assign(place.env, {
      NIGHTSWEEP_SCHEDULE_CRON: '0 2 29 2 *',
      NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'UTC',
    });
    const { child, url } = await serveIn(place, '--schedule');
    child.process.kill('SIGTERM');
    const { code, json } = await child.ended;
    expect(code).toBe(0);
    expect(json).toMatchObject({
      url,
      schedule: { cron: '0 2 29 2 *', timeZone: 'UTC', jitterSeconds: 0, catchUp: false },
      next: Array(3).fill(expect.stringMatching(/^20\d\d-02-29T02:00:00\.000Z$/)),
    });
  });

  it('shows at / how the night went, says where, and only to who has the token', async () => {
    const place = await aPlace({ conversations: conversations(['with_bot', 'recently_active', 'with_bot']) });
    const server = await serveIn(place);
    await server.child.says(`The dashboard is at ${server.url}/, behind the token.`);
    for (const n of [1, 2, 3]) await put(server, n);
    expect((await place.runHere('sweep')).code).toBe(0);
    const [{ closed }] = place.query("SELECT count(*) AS closed FROM outcomes WHERE outcome = 'closed'");
    const look = (headers: Record<string, string>) =>
      fetch(`${server.url}/`, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });
    expect((await look({})).status).toBe(303);
    const page = await (await look({ authorization: `Bearer ${TOKEN}` })).text();
    expect(page).toContain(`ran and closed ${closed}.</h1>`);
    expect(page).toContain(`<title>✓ closed ${closed} · ${hostname()} · nightsweep</title>`);
  });

  it('with a sweep beside it: what is asked for is closed, and its outcome is told', async () => {
    const place = await aPlace({ conversations: conversations(['with_bot', 'recently_active', 'with_bot']) });
    const server = await serveIn(place);
    for (const n of [1, 2, 3]) await put(server, n);
    const hold = await server.send('PUT', `/sessions/web-3/conversations/${idOf(3)}/hold`, {
      body: { for: '1d' },
    });
    expect(hold.status).toBe(200);
    const { json } = await server.send('POST', '/closures', {
      body: { sessionId: 'web-1', reason: 'wrap-up' },
    });
    const sweep = place.run('sweep', '--json');
    // It goes on meanwhile.
    const meanwhile = await Promise.all(Array.from({ length: 20 }, (_, i) => put(server, 10 + i)));
    expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await sweep).code).toBe(0);

    expect((await server.send('GET', `/closures/${json.requests[0].id}`)).json).toMatchObject({
      status: 'settled',
      outcome: 'closed',
      outcomeReason: 'requested',
      origin: 'http',
    });
    const of = async (n: number) => (await server.send('GET', `/sessions/web-${n}`)).json.conversations[0];
    expect(await of(1)).toMatchObject({ state: 'closed', lastOutcome: { outcome: 'closed' } });
    expect(await of(2)).toMatchObject({ state: 'open', lastOutcome: { reason: 'active_recently' } });
    expect(await of(3)).toMatchObject({ state: 'open', lastOutcome: null });
  });

  it('killed at any moment loses nothing that it has answered for', async () => {
    const place = await aPlace();
    const server = await serveIn(place);
    const answered: number[] = [];
    const all = Array.from({ length: 60 }, async (_, n) => {
      const { status } = await put(server, n);
      if (status === 201) answered.push(n);
      if (answered.length === 20) server.child.process.kill('SIGKILL');
    });
    await Promise.allSettled(all);
    expect((await server.child.ended).signal).toBe('SIGKILL');
    expect(answered.length).toBeGreaterThanOrEqual(20);
    const sessions = place.query('SELECT session_id FROM mappings').map((row) => row.session_id);
    expect(sessions).toEqual(expect.arrayContaining(answered.map((n) => `web-${n}`)));
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect((await put(await serveIn(place), answered[0] ?? 0)).json.effect).toBe('unchanged');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'at %s answers what has come in, takes nothing more, and exits 0',
    async (signal) => {
      const place = await aPlace();
      // So long that it must not be waited for.
      const server = await serveIn(place, '--grace', '1h');
      await put(server, 1);
      // Another program has the lock, so that a write is in hand when the signal comes.
      const { unlock } = lock(place);
      const inHand = put(server, 2);
      while ((await server.send('GET', '/sessions/web-1')).status !== 200);
      server.child.process.kill(signal);
      await server.child.says('Stopping when what is in hand is done');
      unlock();
      expect((await inHand).status).toBe(201);
      expect(await server.child.ended).toMatchObject({ code: 0, signal: null });
      await expect(server.send('GET', '/healthz')).rejects.toThrow();
    },
  );

  it('waits no longer than --grace for those who never finish their request', async () => {
    const place = await aPlace();
    const server = await serveIn(place, '--grace', '1s');
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    slow.write(`PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nAuthorization: Bearer ${TOKEN}\r\n`);
    await server.send('GET', '/healthz');
    server.child.process.kill('SIGTERM');
    await once(slow, 'close');
    expect((await server.child.ended).code).toBe(0);
  });

  it('ends at once at the second signal', async () => {
    const place = await aPlace();
    const server = await serveIn(place, '--grace', '1h');
    await put(server, 1);
    const { unlock } = lock(place);
    const inHand = put(server, 2).catch(() => 'cut');
    await server.send('GET', '/sessions/web-1');
    server.child.process.kill('SIGTERM');
    await server.child.says('a second signal ends at once');
    server.child.process.kill('SIGTERM');
    expect((await server.child.ended).code).toBe(143);
    expect(await inHand).toBe('cut');
    unlock();
  });
});

describe('serve refuses', () => {
  it.each([
    ['to be reached by others without a token', ['--host', '0.0.0.0'], 'so a token is needed there'],
    ['a host that is none', ['--host', 'no.such.host.invalid'], '--host cannot be'],
    ['a port that is none', ['--port', '70000'], '--port cannot be 70000'],
  ])('%s', async (_what, argv, sentence) => {
    const place = await aPlace();
    const { code, stderr } = await place.run('serve', ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(() => place.query('SELECT 1')).toThrow();
  });

  it('a port that is taken', async () => {
    const place = await aPlace();
    const { code, stderr } = await place.run('serve', '--port', new URL(place.url).port);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('another program listens'),
    });
  });

  it('a token that is too short', async () => {
    const place = await aPlace();
    place.env.NIGHTSWEEP_API_TOKEN = 'hunter2';
    const { code, stderr } = await place.run('serve');
    expect({ code, said: stderr.includes('hunter2') }).toEqual({ code: 2, said: false });
  });
});

it('serve without a token opens only what watchers need, and says so', async () => {
  const place = await aPlace();
  place.env.NIGHTSWEEP_API_TOKEN = '';
  const server = await serveIn(place);
  expect((await put(server, 1)).status).toBe(403);
  expect((await server.send('GET', '/readyz')).status).toBe(200);
  await server.child.says('There is no NIGHTSWEEP_API_TOKEN');
});

it('nothing of the token, of bodies and of ids in paths is said, whatever is sent', async () => {
  const place = await aPlace();
  const server = await serveIn(place, '--verbose');
  await server.send('PUT', `/sessions/session-marker/conversations/${idOf(1)}`, {
    body: { startedAt: 'body-marker' },
  });
  await server.send('GET', '/path-marker', { token: 'wrong-token-marker' });
  await server.send('GET', `/healthz?token=${TOKEN}`);
  server.child.process.kill('SIGTERM');
  const { stdout, stderr } = await server.child.ended;
  expect(stderr).toContain('PUT /sessions/:sessionId/conversations/:conversationId: 400');
  expect(stdout + stderr).not.toMatch(/marker/);
  expect(stdout + stderr).not.toContain(TOKEN);
});

describe('serve closes in the background what was asked for', () => {
  it('within moments, and tells its outcome', async () => {
    const place = await aPlace({ conversations: conversations(['with_bot', 'closed']) });
    const server = await serveIn(place);
    const body = { conversationIds: [idOf(1), idOf(2), idOf(9)] };
    const { json } = await server.send('POST', '/closures', { body });
    await server.child.says('In the background: ');
    const outcomes = await Promise.all(
      json.requests.map(
        async ({ id }: { id: number }) => (await server.send('GET', `/closures/${id}`)).json.outcome,
      ),
    );
    expect(outcomes).toEqual(['closed', 'already_closed', 'not_found']);
    expect(place.count('close')).toBe(1);
  });

  it('but not without credentials, and leaves it to the next sweep', async () => {
    const place = await aPlace({ conversations: stale(1) });
    const { GENESYS_CLIENT_ID } = place.env;
    place.env.GENESYS_CLIENT_ID = undefined;
    const server = await serveIn(place);
    await server.child.says('close requests wait for the next sweep');
    const { status } = await server.send('POST', '/closures', { body: { conversationIds: [idOf(1)] } });
    expect(status).toBe(202);
    Object.assign(place.env, { GENESYS_CLIENT_ID });
    expect((await place.runHere('sweep', '--only-requested')).code).toBe(0);
    expect((await server.send('GET', '/closures/1')).json.outcome).toBe('closed');
  });
});

describe('serve takes webhooks', () => {
  const SENDER = 'a-token-of-the-sender-01';
  const event = (n: number, eventTime: number) => ({
    topicName: `v2.detail.events.conversation.${idOf(n)}.acw`,
    eventBody: { conversationId: idOf(n), mediaType: 'MESSAGE', eventTime },
  });

  it('and closes in the background what they ask for, once each', async () => {
    const place = await aPlace({ conversations: stale(2) });
    Object.assign(place.env, { NIGHTSWEEP_WEBHOOK_TOKEN: SENDER, NIGHTSWEEP_WEBHOOK_DELAY: '0s' });
    const server = await serveIn(place);
    const body = event(1, Date.now());
    const post = (token: string) => server.send('POST', '/webhooks/genesys', { body, token });
    expect((await post(TOKEN)).status).toBe(401);
    expect(await post(SENDER)).toMatchObject({
      status: 202,
      json: { status: 'accepted', conversationId: idOf(1) },
    });
    expect(await post(SENDER)).toMatchObject({ status: 202, json: { status: 'duplicate' } });
    await server.child.says('In the background: ');
    expect(place.count('close')).toBe(1);
    expect(place.query('SELECT outcome, origin FROM outcomes')).toEqual([
      { outcome: 'closed', origin: 'webhook:conversation.acw' },
    ]);
    server.child.process.kill('SIGTERM');
    expect((await server.child.ended).code).toBe(0);
  });

  it('and keeps for the next start what it has not come to, whatever happens to it', async () => {
    const place = await aPlace({ conversations: stale(1) });
    const { GENESYS_API_URL, GENESYS_LOGIN_URL } = place.env;
    Object.assign(place.env, {
      NIGHTSWEEP_WEBHOOK_TOKEN: SENDER,
      NIGHTSWEEP_WEBHOOK_DELAY: '0s',
      GENESYS_API_URL: CLOSED_PORT,
      GENESYS_LOGIN_URL: CLOSED_PORT,
    });
    const server = await serveIn(place);
    const sent = { body: event(1, Date.now()), token: SENDER };
    expect((await server.send('POST', '/webhooks/genesys', sent)).status).toBe(202);
    server.child.process.kill('SIGKILL');
    await server.child.ended;
    Object.assign(place.env, { GENESYS_API_URL, GENESYS_LOGIN_URL });
    const next = await serveIn(place);
    await next.child.says('In the background: ');
    expect(place.query('SELECT outcome FROM outcomes')).toEqual([{ outcome: 'closed' }]);
  });
});
