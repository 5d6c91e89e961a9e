import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type Fault } from '../../src/simulator/faults.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { conversation, DISCONNECT, idOf, messages, NOW, type Running, running } from './running.ts';

/** Closes conversation 1 with this fault injected. */
async function closeWith(fault: Fault) {
  const there = await running({ conversations: [conversation(1, 'with_bot')] });
  there.simulator.intercept(({ route }) => (route === 'close' ? fault : null));
  return { there, answer: there.call('PATCH', messages(1), DISCONNECT) };
}
const statusIn = ({ simulator }: Running) => simulator.world.account()[0]?.status;

describe('a fault of one request', () => {
  it.each([
    ['401', 401, 'bad.credentials'],
    ['408', 408, 'client.timeout'],
    ['429', 429, 'too.many.requests.retry.after'],
    ['500', 500, 'internal.server.error'],
    ['503', 503, 'service.unavailable'],
  ] as const)('%s is answered as an error, and the request has no effect', async (fault, status, code) => {
    const { there, answer } = await closeWith(fault);
    const { headers, json } = await answer;
    expect(json).toMatchObject({ status, code, contextId: headers['inin-correlation-id'] });
    expect(statusIn(there)).toBe('active');
  });

  it.each([
    ['502', 502, 'active'],
    ['504', 504, 'abandoned'],
    ['html_200', 200, 'active'],
  ] as const)('%s is a page of HTML, after which the conversation is %s', async (fault, status, after) => {
    const { there, answer } = await closeWith(fault);
    const { status: answered, headers, text } = await answer;
    expect(answered).toBe(status);
    expect(headers['content-type']).toBe('text/html');
    expect(text).toMatch(/^<html>/);
    expect(statusIn(there)).toBe(after);
  });

  it('truncated JSON and an empty body spoil the answer to a request that took effect', async () => {
    const truncated = await closeWith('truncated_json');
    const { status, text } = await truncated.answer;
    expect(status).toBe(200);
    expect(text).toMatch(/^\{"id"/);
    expect(() => JSON.parse(text)).toThrow();
    expect(statusIn(truncated.there)).toBe('abandoned');

    const empty = await closeWith('empty_body');
    expect(await empty.answer).toMatchObject({ status: 200, text: '' });
    expect(statusIn(empty.there)).toBe('abandoned');
  });

  it.each([
    ['reset_before', 'active'],
    ['reset_after', 'abandoned'],
  ] as const)('%s cuts the connection, after which the conversation is %s', async (fault, after) => {
    const { there, answer } = await closeWith(fault);
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(statusIn(there)).toBe(after);
    expect(there.simulator.log.at(-1)).toMatchObject({ route: 'close', status: null });
  });

  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['deflate', 'deflate', inflateSync],
    ['br', 'br', brotliDecompressSync],
    ['unknown_encoding', 'zstd', (bytes: Buffer) => bytes],
  ] as const)('%s packs the answer to a request that took effect', async (fault, encoding, unpack) => {
    const { there, answer } = await closeWith(fault);
    const { headers, bytes } = await answer;
    expect(headers['content-encoding']).toBe(encoding);
    expect(JSON.parse(unpack(bytes).toString('utf8'))).toMatchObject({ id: idOf(1) });
    expect(statusIn(there)).toBe('abandoned');
  });

  it('wrong_type and bloated leave the answer what it is', async () => {
    const mistyped = await closeWith('wrong_type');
    const { headers, text } = await mistyped.answer;
    expect(headers['content-type']).toBe('text/html');
    expect(JSON.parse(text)).toMatchObject({ id: idOf(1) });

    const bloated = await closeWith('bloated');
    const { json } = await bloated.answer;
    expect(json.unheardOf).toHaveLength(1024 * 1024);
    expect(json).toMatchObject({ id: idOf(1) });
    expect(statusIn(bloated.there)).toBe('abandoned');
  });

  it.each([
    ['hang_up', 'active'],
    ['cut', 'abandoned'],
  ] as const)('%s closes the connection, after which the conversation is %s', async (fault, after) => {
    const { there, answer } = await closeWith(fault);
    await expect(answer).rejects.toMatchObject({ message: expect.stringMatching(/closed|terminated|abort/) });
    expect(statusIn(there)).toBe(after);
  });

  it.each([
    ['timeout_after', 0],
    ['stall', 1],
    ['drip', 1],
  ] as const)('%s never comes to its end, though the request took effect', async (fault, begun) => {
    const { there, answer } = await closeWith(fault);
    let settled = false;
    const ended = answer.catch((error: Error) => error).finally(() => (settled = true));
    await there.call('GET', messages(1));
    expect(settled).toBe(false);
    expect(statusIn(there)).toBe('abandoned');
    expect(there.simulator.log.find(({ route }) => route === 'close')?.status).toBe(begun ? 200 : null);
    await there.simulator.stop();
    expect(await ended).toBeInstanceOf(Error);
  });

  it('a drip that nobody waits for any more ends', async () => {
    const waits: AbortSignal[] = [];
    const sleep = (_: number, signal: AbortSignal) => {
      waits.push(signal);
      return new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    };
    const there = await running({ conversations: [conversation(1, 'with_bot')], sleep });
    there.simulator.intercept(() => 'drip');
    const abort = new AbortController();
    const answer = there.call('GET', messages(1), undefined, {}, abort.signal);
    while (waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(answer).rejects.toThrow();
    while (waits[0]?.aborted !== true) await new Promise((resolve) => setImmediate(resolve));
    expect(waits).toHaveLength(1);
  });

  it('a request that is never answered hangs until the simulator stops', async () => {
    const { there, answer } = await closeWith('timeout');
    let settled = false;
    const ended = answer.catch((error: Error) => error).finally(() => (settled = true));
    await there.call('GET', messages(1));
    expect(settled).toBe(false);
    await there.simulator.stop();
    expect(await ended).toBeInstanceOf(Error);
    expect(statusIn(there)).toBe('active');
  });

  it('can carry any Retry-After, and any answer at all', async () => {
    const tomorrow = await closeWith({ kind: '429', retryAfter: 'tomorrow' });
    expect((await tomorrow.answer).headers['retry-after']).toBe('tomorrow');

    const odd = await closeWith({ kind: 'reply', status: 299, body: '[]', headers: { 'x-odd': 'yes' } });
    expect(await odd.answer).toMatchObject({ status: 299, text: '[]', headers: { 'x-odd': 'yes' } });
    expect(statusIn(odd.there)).toBe('active');
  });

  it('leaves the rate limit headers in place', async () => {
    const { answer } = await closeWith('503');
    expect((await answer).headers['inin-ratelimit-allowed']).toBe('300');
  });
});

describe('faults by probability', () => {
  /** How the token endpoint answers forty times; it needs no token. */
  async function fates(seed: number) {
    const there = await running({ seed, faults: { '500': 0.2, '503': 0.2, html_200: 0.1 } });
    const answers = [];
    for (let n = 0; n < 40; n++) {
      const { status, headers } = await there.login();
      answers.push(`${status} ${headers['content-type']}`);
    }
    return answers;
  }

  it('follow from the seed', async () => {
    const first = await fates(1);
    expect(new Set(first).size).toBe(4);
    expect(await fates(1)).toEqual(first);
    expect(await fates(2)).not.toEqual(first);
  });

  it('are the same with and without latency', async () => {
    const there = await running({
      seed: 1,
      faults: { '500': 0.5 },
      latencyMs: [1, 9],
      sleep: async () => {},
    });
    const statuses = [];
    for (let n = 0; n < 20; n++) statuses.push((await there.login()).status);
    const without = await running({ seed: 1, faults: { '500': 0.5 } });
    const expected = [];
    for (let n = 0; n < 20; n++) expected.push((await without.login()).status);
    expect(statuses).toEqual(expected);
  });

  it('are refused when they add up to more than one', () => {
    const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0.1]));
    expect(() => createSimulator({ now: () => NOW, faults })).toThrow(/more than 1/);
  });

  it('never make the token endpoint deny good credentials', async () => {
    const there = await running({ faults: { '401': 1 } });
    const { status, json } = await there.login();
    expect(status).toBe(200);
    const authorization = `Bearer ${json.access_token}`;
    const { status: then } = await there.call('GET', '/api/v2/tokens/me', undefined, { authorization });
    expect(then).toBe(401);
  });

  it('make the token endpoint say "rate limit exceeded" in its own way', async () => {
    const there = await running({ faults: { '429': 1 } });
    expect((await there.login()).json).toMatchObject({ error_description: 'rate limit exceeded' });
  });
});

describe('latency', () => {
  it('is waited for with the given sleep, within its bounds', async () => {
    const waits: number[] = [];
    const there = await running({
      latencyMs: [20, 80],
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    for (let n = 0; n < 20; n++) await there.call('GET', '/api/v2/tokens/me');
    expect(waits.length).toBe(21);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(80);
  });

  it('is refused without a sleep to wait with', () => {
    expect(() => createSimulator({ now: () => NOW, latencyMs: [1, 2] })).toThrow(/sleep/);
  });
});

describe('the test hook', () => {
  it('is told about each request before it is carried out, and may change the world', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    const seen: unknown[] = [];
    there.simulator.intercept((request) => {
      seen.push(request);
      if (request.route === 'close') there.simulator.world.endByItself(idOf(1), NOW);
      return null;
    });
    await there.call('GET', messages(1));
    expect((await there.call('PATCH', messages(1), DISCONNECT)).status).toBe(409);
    expect(seen).toEqual([
      { method: 'GET', route: 'read', conversationId: idOf(1), body: undefined },
      { method: 'PATCH', route: 'close', conversationId: idOf(1), body: DISCONNECT },
    ]);
  });
});
