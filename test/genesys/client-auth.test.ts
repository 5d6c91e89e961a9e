import { describe, expect, it } from 'vitest';
import { AuthError, UnavailableError } from '../../src/domain/errors.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { deadUrl, jsonReply, scriptedServer } from '../helpers/scripted-server.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { CONTRACTS, clientFor, context, errorOf, ID, selfRunningClock, underTest } from './under-test.ts';

const SECRET = 'marked-secret-7f3a';
const tokenIn = (nth: number) => jsonReply({ access_token: `token-${nth}`, expires_in: 3_600 });

describe.each(CONTRACTS)('over the %s contract', (contract) => {
  describe.each(['read', 'close'] as const)('a %s', (route) => {
    it('answered 401 is sent again once, with a new token', async () => {
      const there = await underTest({ client: { contract } });
      there.failNext(route, '401');
      const { trace, signal } = context();
      await there.client.conversations[route](ID, { trace, signal });
      expect(there.requests(route)).toEqual([
        { at: START, status: 401 },
        { at: START, status: 200 },
      ]);
      expect(there.requests('token')).toHaveLength(2);
      expect(trace).toMatchObject({ requests: 2, httpStatus: 200, errorCode: null });
      expect(there.client.remote.figures()).toMatchObject({ total: 4, tokens: 2, retried: 1 });
    });

    it('answered 401 twice ends the run', async () => {
      const there = await underTest({ client: { contract } });
      there.failNext(route, '401', '401');
      const error = await errorOf(there.client.conversations[route](ID, context()));
      expect(error).toBeInstanceOf(AuthError);
      expect(String(error)).toContain('refused a fresh token (bad.credentials); check that the OAuth client');
      expect(there.requests(route).map(({ status }) => status)).toEqual([401, 401]);
      expect(there.simulator.world.account()[0]?.effectivePatches).toBe(0);
      expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
    });
  });

  it('a token that expired unnoticed is renewed once for all who had it', async () => {
    const conversations = [1, 2, 3, 4, 5, 6].map((n) => conversation(n, 'agent_customer_silent'));
    const there = await underTest({ client: { contract }, simulator: { conversations } });
    await there.client.conversations.read(idOf(1), context());
    there.failNext('read', '401', '401', '401', '401', '401');
    const read = [2, 3, 4, 5, 6].map((n) => there.client.conversations.read(idOf(n), context()));
    expect((await Promise.all(read)).map((one) => one?.status)).toEqual(Array(5).fill('active'));
    expect(there.requests('token')).toHaveLength(2);
  });
});

it('a token is renewed in good time, so that no request meets with 401', async () => {
  const there = await underTest({ simulator: { tokenLifetimeSeconds: 300 } });
  for (let minute = 0; minute < 20; minute++) {
    await there.client.conversations.read(ID, context());
    await there.clock.sleep(60_000);
  }
  expect(there.requests('read').every(({ status }) => status === 200)).toBe(true);
  expect(there.requests('token')).toHaveLength(5);
});

it('a 401 for the address of this machine says what to do about it', async () => {
  const there = await underTest();
  const blocked: Fault = {
    kind: 'reply',
    status: 401,
    body: JSON.stringify({ code: 'ip.not.authorized', message: 'no' }),
  };
  there.failNext('read', blocked, blocked);
  const error = await errorOf(there.client.conversations.read(ID, context()));
  expect(error).toBeInstanceOf(AuthError);
  expect(String(error)).toMatch(/ip\.not\.authorized.*allow list/);
});

describe('the token endpoint', () => {
  it('refuses a wrong secret: that ends the run, names the region and tells no secret', async () => {
    const there = await underTest({ client: { revealSecret: () => SECRET } });
    const error = await errorOf(there.client.conversations.read(ID, context()));
    expect(error).toBeInstanceOf(AuthError);
    expect(String(error)).toMatch(/refused the client credentials \(invalid_client\).*GENESYS_ENVIRONMENT/);
    const basic = Buffer.from(`simulated-client:${SECRET}`).toString('base64');
    const everything = `${(error as Error).stack} ${JSON.stringify(error)}`;
    expect(everything).not.toContain(SECRET);
    expect(everything).not.toContain(basic);
    expect(there.requests('read')).toEqual([]);
  });

  it('says "rate limit exceeded" with a 400: asked again, not taken for a refusal', async () => {
    const there = await underTest();
    there.failNext('token', '429', '429');
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
    expect(there.requests('token')).toEqual([
      { at: START, status: 400 },
      { at: START + 1_000, status: 400 },
      { at: START + 3_000, status: 200 },
    ]);
    expect(there.client.remote.figures()).toMatchObject({ tokens: 3, retried: 2, reads: 1, total: 4 });
  });

  it.each<[Fault, asked: number]>([
    ['503', 4],
    ['500', 3],
    ['reset_before', 4],
    ['timeout', 4],
    ['html_200', 4],
    ['truncated_json', 4],
    ['empty_body', 4],
    [{ kind: 'reply', status: 200, body: '{"access_token":"x"}' }, 1],
  ])('always meets with %j: the run ends after %i tries, and nothing else was sent', async (fault, asked) => {
    const there = await underTest();
    there.failAlways('token', fault);
    const error = await errorOf(there.client.conversations.close(ID, context()));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(there.requests('token')).toHaveLength(asked);
    expect(there.requests('close')).toEqual([]);
    there.failAlways('token', null);
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
  });

  it('is not there: the run ends', async () => {
    const login = await deadUrl();
    const there = await underTest({ client: { loginUrl: login } });
    const error = await errorOf(there.client.conversations.read(ID, context()));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain(`${new URL(login).host} cannot be reached`);
    expect(there.clock.now() - START).toBeGreaterThanOrEqual(7_000);
  });

  it('answers 429 in its own way: counted as such', async () => {
    const server = await scriptedServer(({ path }, nth) =>
      path === '/oauth/token' && nth > 1 ? tokenIn(nth) : { status: path === '/oauth/token' ? 429 : 404 },
    );
    const client = clientFor(server.url, selfRunningClock());
    await errorOf(client.conversations.read(ID, context()));
    expect(client.remote.figures()).toMatchObject({ tokens: 2, rateLimited: 1, retried: 1 });
  });

  it('gets the credentials in the one place for them, and the API only the token', async () => {
    const server = await scriptedServer(({ path }, nth) =>
      path === '/oauth/token' ? tokenIn(nth) : jsonReply({ code: 'not.found' }, 404),
    );
    const client = clientFor(server.url, selfRunningClock(), { clientId: 'me', revealSecret: () => SECRET });
    expect(await client.conversations.read(ID, context())).toBeNull();
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/oauth/token',
        body: 'grant_type=client_credentials',
        headers: {
          authorization: `Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': 'nightsweep-test',
        },
      },
      {
        method: 'GET',
        path: `/api/v2/conversations/messages/${ID}`,
        body: '',
        headers: { authorization: 'Bearer token-1', 'user-agent': 'nightsweep-test' },
      },
    ]);
  });
});
