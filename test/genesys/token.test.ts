import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiError, AuthError, UnavailableError } from '../../src/domain/errors.ts';
import type { Reply } from '../../src/genesys/dispatch.ts';
import { createTokenSource } from '../../src/genesys/token.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';
import { errorOf } from './under-test.ts';

const HOST = 'login.mypurecloud.de';
const never = () => new AbortController().signal;

type Answer = Reply | ApiError | Promise<Reply>;

function reply(status: number, body: unknown): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: {}, body: text, sentAt: 0, answeredAt: START, receivedAt: START };
}
const granted = (n: number, seconds = 1_000) =>
  reply(200, { access_token: `token-${n}`, token_type: 'bearer', expires_in: seconds });
const tooMany = reply(400, { error: 'invalid_request', description: 'rate limit exceeded' });

/** A token source whose nth question gets the nth answer, the last one for ever; time passes by itself. */
function source(answers: (nth: number) => Answer, signal = never()) {
  const clock = new VirtualClock();
  onTestFinished(clock.runByItself(() => true));
  const asked: { at: number; isRepeat: boolean }[] = [];
  const told: string[] = [];
  const tokens = createTokenSource({
    ask: async (_, isRepeat) => {
      asked.push({ at: clock.now() - START, isRepeat });
      const answer = await answers(asked.length);
      if (answer instanceof ApiError) throw answer;
      return answer;
    },
    loginHost: HOST,
    clock,
    random: () => 0,
    signal,
    onToken: (token) => told.push(token),
  });
  return { tokens, clock, asked, told };
}

describe('one token for everybody', () => {
  it('is asked for once, however many need it at the same time', async () => {
    const { tokens, asked } = source(granted);
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.get(never())));
    expect(new Set(got)).toEqual(new Set(['token-1']));
    expect(asked).toHaveLength(1);
    expect(await tokens.get(never())).toBe('token-1');
    expect(asked).toHaveLength(1);
  });

  it('is renewed when 80 % of its life have passed, counted from the question', async () => {
    const { tokens, clock, asked } = source(granted);
    await tokens.get(never());
    clock.jump(799_999);
    expect(await tokens.get(never())).toBe('token-1');
    clock.jump(1);
    expect(await Promise.all([tokens.get(never()), tokens.get(never())])).toEqual(['token-2', 'token-2']);
    expect(asked).toHaveLength(2);
  });

  it('is told before it is used, so that it is never shown', async () => {
    const { tokens, told } = source(granted);
    const first = await tokens.get(never());
    tokens.invalidate(first);
    await tokens.get(never());
    expect(told).toEqual(['token-1', 'token-2']);
  });

  it.each(['', 'a b', 'a\r\nx-evil: 1', 'é', 'x'.repeat(10_000)])(
    'is none when no header can carry it: %j',
    async (access_token) => {
      const { tokens, told } = source(() => reply(200, { access_token, expires_in: 60 }));
      await expect(tokens.get(never())).rejects.toBeInstanceOf(UnavailableError);
      expect(told).toEqual([]);
    },
  );

  it('is given up when it was refused, but only while it is the current one', async () => {
    const { tokens, asked } = source(granted);
    const first = await tokens.get(never());
    tokens.invalidate(first);
    const second = await tokens.get(never());
    tokens.invalidate(first);
    expect([await tokens.get(never()), second]).toEqual(['token-2', 'token-2']);
    expect(asked).toHaveLength(2);
  });

  it('goes on to its end while it cannot be renewed, which is tried again once a minute', async () => {
    const { tokens, clock, asked } = source((nth) => (nth === 1 ? granted(1) : reply(503, '')));
    await tokens.get(never());
    clock.jump(800_000);
    expect(await tokens.get(never())).toBe('token-1');
    const tried = asked.length;
    clock.jump(59_000);
    expect(await tokens.get(never())).toBe('token-1');
    expect(asked).toHaveLength(tried);
    clock.jump(1_000);
    expect(await tokens.get(never())).toBe('token-1');
    expect(asked.length).toBeGreaterThan(tried);
    clock.jump(140_000);
    await expect(tokens.get(never())).rejects.toBeInstanceOf(UnavailableError);
  });

  it('that was refused does not go on when no other can be had', async () => {
    const { tokens } = source((nth) => (nth === 1 ? granted(1) : reply(503, '')));
    tokens.invalidate(await tokens.get(never()));
    await expect(tokens.get(never())).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each(['<html>sign in</html>', '', '{"access_tok'])('is asked for again after %j', async (body) => {
    const { tokens, asked } = source((nth) => (nth < 3 ? reply(200, body) : granted(nth)));
    expect(await tokens.get(never())).toBe('token-3');
    expect(asked.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true]);
  });

  it('is asked for anew after a failure, which is not remembered', async () => {
    const { tokens } = source((nth) => (nth === 1 ? reply(401, { error: 'invalid_client' }) : granted(nth)));
    await expect(tokens.get(never())).rejects.toBeInstanceOf(AuthError);
    expect(await tokens.get(never())).toBe('token-2');
  });
});

describe('an abort', () => {
  const reason = new Error('deadline');

  it('ends the wait of one and leaves the others waiting for the same token', async () => {
    let answer = (_: Reply) => {};
    const { tokens, asked } = source(() => new Promise<Reply>((resolve) => (answer = resolve)));
    const abort = new AbortController();
    const one = tokens.get(abort.signal);
    const other = tokens.get(never());
    abort.abort(reason);
    await expect(one).rejects.toBe(reason);
    answer(granted(1));
    expect(await other).toBe('token-1');
    expect(asked).toHaveLength(1);
  });

  it('before the call asks for nothing', async () => {
    const { tokens, asked } = source(granted);
    await expect(tokens.get(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(asked).toEqual([]);
  });

  it('of the whole run ends the waiting between two tries', async () => {
    const abort = new AbortController();
    const { tokens, clock } = source(() => {
      setImmediate(() => abort.abort(reason));
      return tooMany;
    }, abort.signal);
    await expect(tokens.get(never())).rejects.toBe(reason);
    expect([clock.sleepers, clock.now()]).toEqual([0, START]);
  });
});

describe('credentials that are refused', () => {
  it.each<[status: number, body: unknown]>([
    [400, { error: 'invalid_client', description: 'no', error_description: 'authentication failed' }],
    [401, { error: 'invalid_client' }],
    [401, ''],
    [403, '<html>Forbidden</html>'],
    [400, { error: 7 }],
  ])('with %i %j end the run with advice on the region', async (status, body) => {
    const { tokens, asked } = source(() => reply(status, body));
    const error = await errorOf(tokens.get(never()));
    expect(error).toBeInstanceOf(AuthError);
    expect(String(error)).toMatch(/login\.mypurecloud\.de.*GENESYS_CLIENT_ID.*region.*GENESYS_ENVIRONMENT/);
    expect(asked).toHaveLength(1);
  });
});

describe('a token that cannot be had now', () => {
  const lost = new ApiError('no answer', { failure: 'lost' });
  const refused = new ApiError('refused', { failure: 'never_sent', code: 'ECONNREFUSED' });

  it.each<[what: string, Answer, asked: number[]]>([
    ['too many questions (400)', tooMany, [0, 1_000, 3_000, 7_000, 15_000, 31_000]],
    ['too many questions (429)', reply(429, ''), [0, 1_000, 3_000, 7_000, 15_000, 31_000]],
    ['503', reply(503, '<html>'), [0, 1_000, 3_000, 7_000]],
    ['500', reply(500, {}), [0, 1_000, 3_000]],
    ['an answer that is lost', lost, [0, 1_000, 3_000, 7_000]],
    ['nobody there', refused, [0, 1_000, 3_000, 7_000]],
    ['404, so a wrong address', reply(404, '<html>'), [0]],
    ['HTML instead of a token', reply(200, '<html>Please sign in</html>'), [0, 1_000, 3_000, 7_000]],
    ['a token without a life', reply(200, { access_token: 'x' }), [0]],
    ['a life without a token', reply(200, { expires_in: 300 }), [0]],
    ['an empty token', reply(200, { access_token: '', expires_in: 300 }), [0]],
    ['a life of 0', reply(200, { access_token: 'x', expires_in: 0 }), [0]],
    ['a life in words', reply(200, { access_token: 'x', expires_in: 'a day' }), [0]],
  ])('%s: asked at %j… then the run ends', async (_, answer, asked) => {
    const there = source(() => answer);
    const error = await errorOf(there.tokens.get(never()));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toMatch(/^UnavailableError: No token could be had: .+; check the network/);
    expect(there.asked.map(({ at }) => at)).toEqual(asked);
    expect(there.asked.map(({ isRepeat }) => isRepeat)).toEqual(asked.map((_, i) => i > 0));
    expect(there.clock.sleepers).toBe(0);
  });

  it.each<[what: string, Answer]>([
    ['too many questions', tooMany],
    ['503', reply(503, '')],
    ['an answer that is lost', lost],
    ['nobody there', refused],
  ])('%s, and then it can', async (_, answer) => {
    const { tokens } = source((nth) => (nth < 3 ? answer : granted(nth)));
    expect(await tokens.get(never())).toBe('token-3');
  });

  it('is a bug when something else than a network error is thrown, and is not hidden', async () => {
    const bug = new TypeError('x is not a function');
    const { tokens } = source(() => {
      throw bug;
    });
    await expect(tokens.get(never())).rejects.toBe(bug);
  });
});
