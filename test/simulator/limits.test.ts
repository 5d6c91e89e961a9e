import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { conversation, DISCONNECT, details, messages, messaging, NOW, running } from './running.ts';

const ME = '/api/v2/tokens/me';

describe('the rate limit', () => {
  it('is a fixed window from the first request, told in the headers of every reply', async () => {
    const there = await running({ rateLimit: { allowed: 2, windowMs: MINUTE } });
    const replyAt = async (ms: number) => {
      there.clock.now = NOW + ms;
      const { status, headers } = await there.call('GET', ME);
      const { 'inin-ratelimit-count': count, 'inin-ratelimit-reset': reset } = headers;
      return [status, count, headers['inin-ratelimit-allowed'], reset, headers['retry-after']];
    };
    expect(await replyAt(10 * SECOND)).toEqual([200, '1', '2', '60', undefined]);
    expect(await replyAt(29.5 * SECOND)).toEqual([200, '2', '2', '41', undefined]);
    expect(await replyAt(69 * SECOND)).toEqual([429, '3', '2', '1', '1']);
    expect(await replyAt(70 * SECOND)).toEqual([200, '1', '2', '60', undefined]);
  });

  it('is answered in the form of an error that says how long to wait', async () => {
    const there = await running({ rateLimit: { allowed: 0, windowMs: MINUTE, retryAfterSeconds: 3 } });
    const { headers, json } = await there.call('GET', ME);
    expect(headers['retry-after']).toBe('3');
    expect(json).toMatchObject({
      status: 429,
      code: 'too.many.requests.retry.after',
      message: 'Rate limit exceeded the maximum. Retry the request in [3] seconds',
    });
  });

  it('keeps a request from taking effect', async () => {
    const there = await running({
      conversations: [conversation(1, 'with_bot')],
      rateLimit: { allowed: 0, windowMs: MINUTE },
    });
    await there.call('PATCH', messages(1), DISCONNECT);
    expect(there.simulator.world.account()[0]).toMatchObject({
      status: 'active',
      patches: 1,
      effectivePatches: 0,
    });
  });

  it('does not count requests without a good token', async () => {
    const there = await running();
    await there.call('GET', ME, undefined, { authorization: 'Bearer nonsense' });
    expect((await there.call('GET', ME)).headers['inin-ratelimit-count']).toBe('1');
  });
});

describe('a token', () => {
  it('is good until its life is over', async () => {
    const there = await running({ tokenLifetimeSeconds: 300 });
    expect((await there.login()).json).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 300,
    });
    there.clock.now += 300 * SECOND - 1;
    expect((await there.call('GET', ME)).status).toBe(200);
    there.clock.now += 1;
    expect((await there.call('GET', ME)).json).toMatchObject({ status: 401, code: 'credentials.expired' });
  });

  it('is missed, or not known', async () => {
    const there = await running();
    const code = async (authorization: string) =>
      (await there.call('GET', ME, undefined, { authorization })).json.code;
    expect(await code('')).toBe('authentication.required');
    expect(await code('Bearer nonsense')).toBe('bad.credentials');
  });

  it('is not granted for a wrong secret or another grant', async () => {
    const there = await running();
    const wrong = await there.login('wrong');
    expect(wrong.status).toBe(400);
    expect(wrong.json).toMatchObject({ error: 'invalid_client', error_description: 'authentication failed' });
    const grant = await there.login(undefined, 'grant_type=password');
    expect(grant.json.error).toBe('unsupported_grant_type');
  });
});

describe('a permission that was not granted', () => {
  it.each([
    ['conversation:communication:view', 'GET', messages(1), undefined],
    ['conversation:communication:disconnect', 'PATCH', messages(1), DISCONNECT],
    ['analytics:conversationDetail:view', 'GET', details(1), undefined],
    ['conversation:read', 'GET', messaging(1), undefined],
    ['conversation:message:write', 'PATCH', messaging(1), { status: 'closed' }],
  ] as const)('%s is named in the 403 for %s', async (permission, method, path, body) => {
    const there = await running({
      conversations: [conversation(1, 'with_bot')],
      missingPermissions: [permission],
    });
    const { json } = await there.call(method, path, body);
    expect(json).toMatchObject({ status: 403, code: 'missing.permissions' });
    expect(json.message).toContain(permission);
    expect(there.simulator.world.account()[0]?.status).toBe('active');
    expect((await there.call('GET', ME)).status).toBe(200);
  });
});
