import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusyError, DatabaseError } from '../../src/domain/errors.ts';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { T0 } from '../store/fixtures.ts';
import { aServer, openServer, type Sent, type Server } from './running.ts';

const ID = '3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b';
const OTHER = '00000000-0000-4000-8000-000000000002';
const PAIR = `/sessions/web-1/conversations/${ID}`;
const STARTED = toIso(T0 - HOUR);

async function mapped(server: Server): Promise<Server> {
  expect((await server.send('PUT', PAIR, { body: { startedAt: STARTED } })).status).toBe(201);
  return server;
}

describe('PUT of a mapping', () => {
  it('records it as coming from http, and tells what is known now', async () => {
    const server = await aServer();
    const body = { startedAt: '2025-01-01T10:00:00+02:00', userId: ' user-1 ' };
    const { status, json } = await server.send('PUT', `/sessions/web%201/conversations/${ID.toUpperCase()}`, {
      body,
    });
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        conversationId: ID,
        sessionId: 'web 1',
        userId: 'user-1',
        startedAt: '2025-01-01T08:00:00.000Z',
        lastActivityAt: null,
        state: 'open',
        stateAt: null,
        holdUntil: null,
        effect: 'accepted',
      },
    });
    expect(server.store.report.history(ID).source).toBe('http');
  });

  it('sent again changes nothing, and with later activity moves it on but never back', async () => {
    const server = await mapped(await aServer());
    const put = async (lastActivityAt: string | null) =>
      (await server.send('PUT', PAIR, { body: { startedAt: STARTED, lastActivityAt } })).json;
    expect(await put(null)).toMatchObject({ effect: 'unchanged' });
    expect(await put(toIso(T0))).toMatchObject({ effect: 'changed', lastActivityAt: toIso(T0) });
    expect(await put(toIso(T0 - 1))).toMatchObject({ effect: 'unchanged', lastActivityAt: toIso(T0) });
  });

  it('of an earlier session leaves the conversation with the later one, and says so', async () => {
    const server = await mapped(await aServer());
    const { status, json } = await server.send('PUT', `/sessions/web-0/conversations/${ID}`, {
      body: { startedAt: toIso(T0 - DAY) },
    });
    expect({ status, sessionId: json.sessionId }).toEqual({ status: 200, sessionId: 'web-1' });
  });
});

describe('activity', () => {
  it('counts from now on when no time is told, and revives what had ended', async () => {
    const server = await mapped(await aServer());
    server.now = T0 + 5;
    expect((await server.send('POST', `${PAIR}/activity`)).json).toMatchObject({
      effect: 'changed',
      lastActivityAt: toIso(T0 + 5),
    });
    const at = toIso(T0 + 3);
    expect((await server.send('POST', `${PAIR}/activity`, { body: { at } })).json.effect).toBe('unchanged');
  });
});

describe('a hold', () => {
  it('is set for a while or until a moment, and released', async () => {
    const server = await mapped(await aServer());
    const put = async (body: object) => (await server.send('PUT', `${PAIR}/hold`, { body })).json;
    expect(await put({ for: '7d' })).toMatchObject({ holdUntil: toIso(T0 + 7 * DAY), effect: 'changed' });
    const until = toIso(T0 + HOUR);
    expect(await put({ until })).toMatchObject({ holdUntil: until, effect: 'changed' });
    expect(await put({ until })).toMatchObject({ holdUntil: until, effect: 'unchanged' });
    const released = await server.send('DELETE', `${PAIR}/hold`);
    expect(released).toMatchObject({ status: 200, json: { holdUntil: null, effect: 'changed' } });
    expect(server.store.work.known(ID).mapping?.holdUntil).toBeNull();
  });
});

describe('close requests', () => {
  it('are taken by id, each once, and asked for by their ids', async () => {
    const server = await aServer();
    const body = { conversationIds: [ID, OTHER, ID.toUpperCase()], reason: ' wrap\nup ' };
    const { status, json } = await server.send('POST', '/closures', { body });
    expect({ status, json }).toEqual({
      status: 202,
      json: {
        requests: [
          { id: 1, conversationId: ID, effect: 'accepted' },
          { id: 2, conversationId: OTHER, effect: 'accepted' },
        ],
      },
    });
    expect((await server.send('GET', '/closures/1')).json).toEqual({
      ...{ id: 1, conversationId: ID, status: 'pending', outcome: null, outcomeReason: null },
      ...{ detail: null, runId: null, reason: 'wrap up', origin: 'http', force: false },
      ...{ requestedAt: toIso(T0), settledAt: null },
    });
  });

  it('sent again are the same requests, unless forced', async () => {
    const server = await aServer();
    const ask = async (force: boolean) =>
      (await server.send('POST', '/closures', { body: { conversationIds: [ID], force } })).json.requests[0];
    expect(await ask(false)).toMatchObject({ id: 1, effect: 'accepted' });
    expect(await ask(false)).toMatchObject({ id: 1, effect: 'unchanged' });
    expect(await ask(true)).toMatchObject({ id: 1, effect: 'accepted' });
    expect((await server.send('GET', '/closures/1')).json.force).toBe(true);
  });

  it('by session are for its open conversations', async () => {
    const server = await mapped(await aServer());
    const { json } = await server.send('POST', '/closures', { body: { sessionId: 'web-1' } });
    expect(json.requests).toEqual([{ id: 1, conversationId: ID, effect: 'accepted' }]);
  });
});

describe('a session', () => {
  it('has its conversations, the newest first', async () => {
    const server = await mapped(await aServer());
    const body = { startedAt: toIso(T0) };
    await server.send('PUT', `/sessions/web-1/conversations/${OTHER}`, { body });
    const { json } = await server.send('GET', '/sessions/web-1');
    expect(json).toMatchObject({ sessionId: 'web-1', total: 2 });
    expect(json.conversations).toMatchObject([{ conversationId: OTHER }, { conversationId: ID }]);
    expect(json.conversations[0].lastOutcome).toBeNull();
  });
});

describe('the watchers', () => {
  it('need no token', async () => {
    const server = await aServer({ token: null });
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      expect((await server.send('GET', path, { token: null })).status).toBe(200);
    }
  });

  it('are told when the database cannot be written or has another schema', async () => {
    const server = await aServer({
      record: {
        demandReady: () => {
          throw new DatabaseError('There is no space left.');
        },
      },
    });
    expect((await server.send('GET', '/healthz')).status).toBe(200);
    const { status, headers, text } = await server.send('GET', '/readyz');
    expect({ status, wait: headers['retry-after'] }).toEqual({ status: 503, wait: '60' });
    expect(text).not.toContain('space');
    expect(server.said.join()).toContain('There is no space left.');
  });
});

const put = (body: Sent['body']): Sent => ({ body });
const good = { startedAt: STARTED };
const long = 'x'.repeat(201);

/** What is sent, and what must come of it; `field` is the first that the answer names. */
type Fault = readonly [what: string, method: string, path: string, Sent, status: number, field?: string];
const FAULTS: readonly Fault[] = [
  ['no token', 'PUT', PAIR, { body: good, token: null }, 401],
  ['a wrong token', 'PUT', PAIR, { body: good, token: 'b-token-of-the-tests-0123' }, 401],
  [
    'another scheme',
    'GET',
    '/sessions/web-1',
    { token: null, headers: { authorization: 'Basic YTpi' } },
    401,
  ],
  ['a wrong token and a body of another kind', 'PUT', PAIR, { body: 'x', token: 'b' }, 401],
  ['a path that nobody knows', 'GET', '/sessions', {}, 404],
  [
    'a path that nobody knows, with a body',
    'PUT',
    '/nothing',
    { body: 'x', headers: { 'content-type': 'text/plain' } },
    404,
  ],
  ['another method', 'PATCH', PAIR, put(good), 405],
  ['another method without a token', 'POST', '/healthz', { token: null }, 405],
  ['a body of another kind', 'PUT', PAIR, { body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  [
    'a form',
    'POST',
    '/closures',
    { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
  ],
  ['a body that is too large', 'PUT', PAIR, put(`"${'x'.repeat(64 * 1024)}"`), 413],
  ['no body', 'PUT', PAIR, {}, 400, ''],
  ['an empty body', 'PUT', PAIR, put(''), 400, ''],
  ['half of a body', 'PUT', PAIR, put('{"startedAt":'), 400, ''],
  ['bytes that are no text', 'PUT', PAIR, put(Uint8Array.of(0x22, 0xff, 0x22)), 400, ''],
  ['a list', 'PUT', PAIR, put([]), 400, ''],
  ['null', 'PUT', PAIR, put('null'), 400, ''],
  ['no startedAt', 'PUT', PAIR, put({}), 400, 'startedAt'],
  ['a number for a time', 'PUT', PAIR, put({ startedAt: 5 }), 400, 'startedAt'],
  ['no time', 'PUT', PAIR, put({ startedAt: 'yesterday' }), 400, 'startedAt'],
  ['a time without a zone', 'PUT', PAIR, put({ startedAt: '2026-01-01T00:00:00' }), 400, 'startedAt'],
  ['the year 1970', 'PUT', PAIR, put({ startedAt: '1970-01-01T00:00:00Z' }), 400, 'startedAt'],
  ['a start in the future', 'PUT', PAIR, put({ startedAt: toIso(T0 + 2 * DAY) }), 422, 'startedAt'],
  ['a bad lastActivityAt', 'PUT', PAIR, put({ ...good, lastActivityAt: 'now' }), 400, 'lastActivityAt'],
  ['a long userId', 'PUT', PAIR, put({ ...good, userId: long }), 400, 'userId'],
  ['a userId that steers', 'PUT', PAIR, put({ ...good, userId: '\u001b[2J' }), 400, 'userId'],
  ['half a character', 'PUT', PAIR, put('{"startedAt":"2025-01-01","userId":"\\ud800"}'), 400, 'userId'],
  ['an unknown field', 'PUT', PAIR, put({ ...good, state: 'closed' }), 400, 'state'],
  ['a prototype', 'PUT', PAIR, put(`{"startedAt":"${STARTED}","__proto__":{"x":1}}`), 400, '__proto__'],
  ['no UUID', 'PUT', '/sessions/web-1/conversations/42', put(good), 400, 'conversationId'],
  ['a blank session', 'PUT', `/sessions/%20/conversations/${ID}`, put(good), 400, 'sessionId'],
  ['a long session', 'PUT', `/sessions/${long}/conversations/${ID}`, put(good), 400, 'sessionId'],
  ['a session that steers', 'GET', '/sessions/%1b%5b2J', {}, 400, 'sessionId'],
  ['a bad escape', 'GET', '/sessions/%zz', {}, 400],
  ['an unknown session', 'GET', '/sessions/web-9', {}, 404],
  ['activity of what nobody knows', 'POST', `/sessions/web-1/conversations/${OTHER}/activity`, {}, 404],
  ['activity of another session', 'POST', `/sessions/web-2/conversations/${ID}/activity`, {}, 409],
  ['activity at no time', 'POST', `${PAIR}/activity`, put({ at: 'x' }), 400, 'at'],
  [
    'a hold of what nobody knows',
    'PUT',
    `/sessions/web-1/conversations/${OTHER}/hold`,
    put({ for: '1d' }),
    404,
  ],
  ['a hold of another session', 'PUT', `/sessions/web-2/conversations/${ID}/hold`, put({ for: '1d' }), 409],
  ['a hold of no length', 'PUT', `${PAIR}/hold`, put({}), 400, ''],
  ['a hold of two lengths', 'PUT', `${PAIR}/hold`, put({ for: '1d', until: STARTED }), 400, ''],
  ['a hold of a bare number', 'PUT', `${PAIR}/hold`, put({ for: '7' }), 400, 'for'],
  ['a hold of nothing', 'PUT', `${PAIR}/hold`, put({ for: '0s' }), 422, 'for'],
  ['a hold of a century', 'PUT', `${PAIR}/hold`, put({ for: '36500d' }), 422, 'for'],
  ['a hold until yesterday', 'PUT', `${PAIR}/hold`, put({ until: STARTED }), 422, 'until'],
  ['the release of what nobody knows', 'DELETE', `/sessions/web-1/conversations/${OTHER}/hold`, {}, 404],
  ['closures of nothing', 'POST', '/closures', put({}), 400, ''],
  ['closures of an empty list', 'POST', '/closures', put({ conversationIds: [] }), 400, 'conversationIds'],
  ['closures of both', 'POST', '/closures', put({ conversationIds: [ID], sessionId: 'web-1' }), 400, ''],
  [
    'one bad id of several',
    'POST',
    '/closures',
    put({ conversationIds: [ID, 'x'] }),
    400,
    'conversationIds.1',
  ],
  ['closures of an unknown session', 'POST', '/closures', put({ sessionId: 'web-9' }), 404],
  [
    'a reason that steers',
    'POST',
    '/closures',
    put({ conversationIds: [ID], reason: 'a\u0000' }),
    400,
    'reason',
  ],
  ['force in words', 'POST', '/closures', put({ conversationIds: [ID], force: 'yes' }), 400, 'force'],
  ['a request that is none', 'GET', '/closures/x', {}, 400, 'id'],
  ['an unknown request', 'GET', '/closures/9', {}, 404],
];

describe('what cannot be done', () => {
  let server: Server;
  beforeAll(async () => {
    server = await mapped(await openServer());
  });
  afterAll(() => server.leave());

  it.each(FAULTS.map((fault) => ({ fault, what: fault.slice(0, 3).join(' ') })))(
    '$what',
    async ({ fault: [, method, path, sent, status, field] }) => {
      server.said.splice(0);
      const before = server.store.report.overview(T0);
      const said = await server.send(method, path, sent);
      expect(said.status).toBe(status);
      expect(said.json.errors?.[0]?.field).toBe(field);
      expect(server.store.report.overview(T0)).toEqual(before);
      expect(server.said.join(), 'nothing of what was sent').not.toMatch(/web-1|yesterday|2J/);
    },
  );

  it('without a configured token is everything but to watch', async () => {
    const server = await aServer({ token: null });
    for (const token of [null, 'anything']) {
      const { status, json } = await server.send('PUT', PAIR, { body: good, token });
      expect({ status, code: json.code }).toEqual({ status: 403, code: 'no_token_configured' });
      expect(json.detail).toContain('NIGHTSWEEP_API_TOKEN');
    }
  });

  const throwing = (error: Error) => ({
    putMappings: () => {
      throw error;
    },
  });

  it.each([
    ['a lock that stays', new BusyError('/secret/place is locked'), 503, 'database_busy'],
    [
      'a database that is gone',
      new DatabaseError('The database /secret/place was removed.'),
      503,
      'database_unusable',
    ],
    ['a bug', new TypeError('x is not a function'), 500, 'unexpected'],
  ])('because of %s tells nothing of it to clients', async (_what, error, status, code) => {
    const server = await aServer({ record: throwing(error) });
    const said = await server.send('PUT', PAIR, { body: good });
    expect({ status: said.status, code: said.json.code }).toEqual({ status, code });
    expect(said.text).not.toContain(error.message);
    expect(said.text).not.toContain('    at ');
    expect(server.said.join('\n')).toContain(error.message);
    expect(server.said.join('\n')).toContain(said.json.requestId);
  });

  it('keeps the id of a request that is proper, and no other', async () => {
    const server = await aServer();
    const idFor = async (id: string) =>
      (await server.send('GET', '/healthz', { headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('proxy-7.a_B')).toBe('proxy-7.a_B');
    expect(await idFor('a b')).toBe('request-1');
    expect(await idFor('x'.repeat(65))).toBe('request-2');
  });
});
