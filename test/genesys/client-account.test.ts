import { describe, expect, it } from 'vitest';
import { ApiError, AuthError } from '../../src/domain/errors.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { SIMULATED_CLIENT } from '../../src/simulator/options.ts';
import { context, errorOf, ID, type UnderTest, underTest } from './under-test.ts';

const ORGANIZATION = { id: '11111111-1111-4111-8111-111111111111', name: 'Example Ltd' };
const never = () => new AbortController().signal;

const QUESTIONS: [
  name: string,
  route: 'organization' | 'token_info',
  ask: (there: UnderTest) => Promise<unknown>,
][] = [
  ['which organisation it is', 'organization', ({ client }) => client.remote.organization(never())],
  ['whose token it is', 'token_info', ({ client }) => client.tokenOwner(context())],
];

it('the organisation and the owner of the token are told', async () => {
  const there = await underTest({ simulator: { organization: ORGANIZATION } });
  expect(await there.client.remote.organization(never())).toEqual(ORGANIZATION);
  expect(await there.client.tokenOwner(context())).toEqual({
    organization: ORGANIZATION,
    client: 'Simulated client',
  });
  expect(there.client.remote.figures()).toMatchObject({
    total: 3,
    tokens: 1,
    reads: 0,
    closes: 0,
    surveys: 0,
  });
});

it('a token without an OAuth client in its description is described all the same', async () => {
  const there = await underTest();
  for (const extra of [{}, { OAuthClient: null }, { OAuthClient: { id: 'x' } }]) {
    const body = JSON.stringify({ organization: ORGANIZATION, ...extra });
    there.failNext('token_info', { kind: 'reply', status: 200, body });
    expect(await there.client.tokenOwner(context())).toEqual({ organization: ORGANIZATION, client: null });
  }
});

describe.each(QUESTIONS)('asking %s', (_, route, ask) => {
  const answered = (body: string): Fault => ({ kind: 'reply', status: 200, body });

  it.each([
    ['JSON of another kind', answered('{"hello":"world"}')],
    ['a list', answered('[]')],
    ['a name that is no text', answered('{"id":"x","name":7,"organization":{"id":"x","name":7}}')],
    ['HTML', 'html_200' as const],
    ['half of the JSON', 'truncated_json' as const],
    ['nothing', 'empty_body' as const],
  ])('and being answered with %s is a failure with a sentence, not a bug', async (_what, fault) => {
    const there = await underTest();
    there.failNext(route, fault);
    const error = await errorOf(ask(there));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ failure: 'not_json', status: 200 });
    expect((error as ApiError).correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect((error as ApiError).message).toMatch(
      /^asking (for the organisation|whose token this is) was answered with .+/,
    );
    expect(await ask(there)).toBeTruthy();
  });

  it('and being forbidden to does not ask for a permission that does not exist', async () => {
    const there = await underTest();
    there.failNext(route, { kind: 'reply', status: 403, body: '{"code":"not.authorized"}' });
    const error = await errorOf(ask(there));
    expect(error).toMatchObject({ failure: 'forbidden', code: 'not.authorized' });
    expect((error as ApiError).message).toContain('needs no more than a valid token');
  });

  it('and being refused twice ends the run', async () => {
    const there = await underTest();
    there.failNext(route, '401', '401');
    expect(await errorOf(ask(there))).toBeInstanceOf(AuthError);
  });
});

describe('what the client knows about its connection', () => {
  it('is nothing before the first answer', async () => {
    const { client } = await underTest();
    expect(client.remote.clockSkewMs()).toBeNull();
    expect(client.rateLimit()).toBeNull();
    expect(client.remote.waitingMs()).toBe(0);
    expect(client.remote.figures()).toEqual({
      total: 0,
      reads: 0,
      closes: 0,
      surveys: 0,
      tokens: 0,
      rateLimited: 0,
      retried: 0,
    });
  });

  it.each([0, 600_000, -600_000])('is how far the remote clock is ahead: %i ms', async (clockSkewMs) => {
    const there = await underTest({ simulator: { clockSkewMs } });
    await there.client.conversations.read(ID, context());
    expect(there.client.remote.clockSkewMs()).toBe(clockSkewMs);
  });

  it.each<Fault>([
    { kind: 'reply', status: 502, headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }, body: '<html>' },
    { kind: 'reply', status: 200, headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }, body: '<html>' },
    { kind: 'reply', status: 404, headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }, body: '' },
  ])('is not what the clock of something in between says: %j', async (fault) => {
    const there = await underTest({ simulator: { clockSkewMs: 60_000 } });
    await there.client.conversations.read(ID, context());
    there.failAlways('read', fault);
    await errorOf(there.client.conversations.read(ID, context()));
    expect(there.client.remote.clockSkewMs()).toBe(60_000);
  });

  it('is the limit as the latest answer told it, and not one that told nothing', async () => {
    const there = await underTest({ simulator: { rateLimit: { allowed: 180, windowMs: 60_000 } } });
    await there.client.conversations.read(ID, context());
    expect(there.client.rateLimit()).toEqual({ count: 1, allowed: 180, resetMs: 60_000 });
    await there.clock.sleep(15_000);
    await there.client.conversations.close(ID, context());
    expect(there.client.rateLimit()).toMatchObject({ count: 2, allowed: 180 });
    const headers = { 'inin-ratelimit-allowed': 'many', date: 'today' };
    there.failNext('read', { kind: 'reply', status: 400, headers, body: '' });
    await errorOf(there.client.conversations.read(ID, context()));
    expect(there.client.rateLimit()).toMatchObject({ count: 2, allowed: 180 });
    // The header tells whole seconds.
    expect(Math.abs(there.client.remote.clockSkewMs() ?? Number.NaN)).toBeLessThanOrEqual(1_000);
  });

  it('is how many attempts were made, each counted where it belongs', async () => {
    const there = await underTest();
    there.failNext('read', '503', '429', '401');
    await there.client.conversations.read(ID, context());
    there.failNext('close', '500');
    await errorOf(there.client.conversations.close(ID, context()));
    await there.client.remote.organization(never());
    const figures = there.client.remote.figures();
    expect(figures).toEqual({
      total: 4 + 1 + 1 + 2,
      reads: 4,
      closes: 1,
      surveys: 0,
      tokens: 2,
      rateLimited: 1,
      retried: 3,
    });
    expect(there.simulator.log).toHaveLength(figures.total);
  });

  it('is told to each conversation in its own trace: the last answer, and what all cost', async () => {
    const there = await underTest();
    const { trace, signal } = context();
    there.failNext('read', '503');
    await there.client.conversations.read(ID, { trace, signal });
    const first = trace.correlationId;
    expect(trace).toMatchObject({ requests: 2, httpStatus: 200, errorCode: null });
    there.simulator.world.endByItself(ID, there.clock.now());
    await errorOf(there.client.conversations.close(ID, { trace, signal }));
    expect(trace).toMatchObject({ requests: 3, httpStatus: 409, errorCode: 'conflict' });
    expect(trace.correlationId).not.toBe(first);
    there.failAlways('read', 'reset_before');
    await errorOf(there.client.conversations.read(ID, { trace, signal }));
    expect(trace).toMatchObject({ requests: 7, httpStatus: null, correlationId: null });
  });

  it('never shows the secret', async () => {
    const there = await underTest();
    await there.client.conversations.read(ID, context());
    expect(JSON.stringify(there.client)).not.toContain(SIMULATED_CLIENT.clientSecret);
  });
});
