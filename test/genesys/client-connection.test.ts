import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiError } from '../../src/domain/errors.ts';
import { jsonReply, type Scripted, scriptedServer } from '../helpers/scripted-server.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  CONTRACTS,
  clientFor,
  context,
  errorOf,
  ID,
  selfRunningClock,
  underTest,
} from './under-test.ts';

const TOKEN = jsonReply({ access_token: 'token', expires_in: 3_600 });
const GONE = jsonReply({ code: 'not.found' }, 404);

/** A server that gives tokens and performs `script` for all else. */
const serving = (script: (nth: number) => Scripted | Promise<Scripted>) => {
  let nth = 0;
  return scriptedServer(({ path }) => (path === '/oauth/token' ? TOKEN : script(++nth)));
};

describe.each(CONTRACTS)('over the %s contract, an answer', (contract) => {
  it.each<[what: string, Scripted, message: RegExp]>([
    ['that breaks off in the middle', { cut: '{"id":' }, /was lost/],
    [
      'larger than any conversation',
      { body: 'x'.repeat(16 * 1024 * 1024 + 1) },
      /larger than 16777216 bytes/,
    ],
    ['that is cut before it begins', 'reset', /was lost/],
  ])('%s is lost, and the next request works', async (_, answer, message) => {
    const server = await serving((nth) => (nth === 1 ? answer : GONE));
    const client = clientFor(server.url, selfRunningClock(), { contract });
    const error = await errorOf(client.conversations.close(ID, context()));
    expect(error).toMatchObject({ failure: 'lost' });
    expect((error as ApiError).message).toMatch(message);
    expect(await client.conversations.read(ID, context())).toBeNull();
  });

  it.each<[what: string, Scripted]>([
    ['that never begins', 'silence'],
    ['that begins and never ends', { stall: '{"id":' }],
  ])('%s is given up after the attempt’s time-out', async (_, answer) => {
    const clock = new VirtualClock();
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await serving((nth) => {
      arrived();
      return nth === 1 ? answer : GONE;
    });
    const client = clientFor(server.url, clock, { contract });
    const closing = errorOf(client.conversations.close(ID, context()));
    await arrival;
    await clock.advance(ATTEMPT_TIMEOUT_MS - 1);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(await closing).toMatchObject({ failure: 'lost', status: null });
    expect(await client.conversations.read(ID, context())).toBeNull();
    expect(server.received.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });
});

describe('a connection that the server has closed although it promised to keep it', () => {
  /** Answers the first request on each connection, and hangs up on the second before it has read it. */
  const hangingUp = () =>
    tcpServer((socket) => {
      let answered = false;
      socket.on('data', () => {
        if (answered) socket.destroy();
        else socket.write('HTTP/1.1 404 \r\ncontent-length: 20\r\n\r\n{"code":"not.found"}');
        answered = true;
      });
    });

  it('loses a close that was written to it, which is not sent again by itself', async () => {
    const login = await serving(() => GONE);
    const api = await hangingUp();
    const client = clientFor(login.url, selfRunningClock(), { apiUrl: `http://127.0.0.1:${api.port}` });
    expect(await client.conversations.read(ID, context())).toBeNull();
    const error = await errorOf(client.conversations.close(ID, context()));
    expect(error).toMatchObject({ failure: 'lost' });
    expect(client.remote.figures()).toMatchObject({ reads: 1, closes: 1, retried: 0 });
    expect(api.accepted()).toBe(1);
  });

  it('has a read repeated on a new one', async () => {
    const login = await serving(() => GONE);
    const api = await hangingUp();
    const client = clientFor(login.url, selfRunningClock(), { apiUrl: `http://127.0.0.1:${api.port}` });
    for (let i = 0; i < 3; i++) expect(await client.conversations.read(ID, context())).toBeNull();
    expect(client.remote.figures()).toMatchObject({ reads: 5, retried: 2 });
    expect(api.accepted()).toBe(3);
  });

  it('is not used any more once the end has arrived', async () => {
    const server = await scriptedServer(({ path }) =>
      path === '/oauth/token' ? TOKEN : { ...(GONE as object), headers: { 'keep-alive': 'timeout=600' } },
    );
    const client = clientFor(server.url, selfRunningClock());
    expect(await client.conversations.read(ID, context())).toBeNull();
    server.hangUp();
    while ((await server.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
    await errorOf(client.conversations.close(ID, context()));
    expect(server.received.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
    expect(client.remote.figures()).toMatchObject({ closes: 1, retried: 0 });
  });
});

it('what does not speak HTTP is an answer that is lost', async () => {
  const { port } = await tcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const server = await serving(() => GONE);
  const client = clientFor(server.url, selfRunningClock(), { apiUrl: `http://127.0.0.1:${port}` });
  const error = await errorOf(client.conversations.close(ID, context()));
  expect(error).toMatchObject({ failure: 'lost' });
  expect((error as ApiError).message).toContain('does not match the HTTP/1.1 protocol');
});

it('a connection that cannot be made in time was never used: a close is sent again', async () => {
  // Never answers the first TLS greeting. The connect time-out is a real one, in undici's steps of a second.
  const { port, accepted } = await tcpServer((socket, nth) => {
    if (nth > 1) socket.destroy();
  });
  const server = await serving(() => GONE);
  const waits: unknown[] = [];
  const client = clientFor(server.url, selfRunningClock(), {
    apiUrl: `https://127.0.0.1:${port}`,
    attemptTimeoutMs: 40,
    log: { debug: (message) => waits.push(message), info: () => {}, warn: () => {} },
  });
  const error = await errorOf(client.conversations.close(ID, context()));
  expect(waits).toEqual([
    expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached \(.*timeout.*\); trying again$/i),
  ]);
  // What dies while the connection is being made could be told apart, but need not: it is read, not sent again.
  expect(error).toMatchObject({ failure: 'lost' });
  expect(accepted()).toBe(2);
});

it('of a host with several addresses all must have refused', async () => {
  const server = await serving(() => GONE);
  const { port, close } = await tcpServer(() => {});
  await close();
  const client = clientFor(server.url, selfRunningClock(), { apiUrl: `http://localhost:${port}` });
  const error = await errorOf(client.conversations.close(ID, context()));
  expect(error).toMatchObject({ failure: 'never_sent', code: 'ECONNREFUSED' });
});

describe('an abort', () => {
  const reason = new Error('deadline of this conversation');

  it('before the call sends nothing, not even for a token', async () => {
    const there = await underTest();
    await expect(there.client.conversations.close(ID, context(AbortSignal.abort(reason)))).rejects.toBe(
      reason,
    );
    expect(there.simulator.log).toEqual([]);
  });

  it('ends the wait between two attempts', async () => {
    const there = await underTest();
    there.failAlways('read', '503');
    const abort = new AbortController();
    there.clock.sleep(2_000).then(() => abort.abort(reason));
    await expect(there.client.conversations.read(ID, context(abort.signal))).rejects.toBe(reason);
    expect([there.clock.now() - START, there.requests('read').length]).toEqual([2_000, 2]);
    expect(there.client.remote.figures()).toMatchObject({ reads: 2, retried: 1 });
  });

  it('ends the wait for the rate limit, and nothing more is sent', async () => {
    const there = await underTest();
    there.failNext('close', { kind: '429', retryAfter: '120' });
    const abort = new AbortController();
    there.clock.sleep(2_000).then(() => abort.abort(reason));
    await expect(there.client.conversations.close(ID, context(abort.signal))).rejects.toBe(reason);
    expect([there.clock.now() - START, there.requests('close').length]).toEqual([2_000, 1]);
  });

  it('ends the wait for a token', async () => {
    const there = await underTest();
    there.failNext('token', '503', '503');
    const abort = new AbortController();
    there.clock.sleep(500).then(() => abort.abort(reason));
    await expect(there.client.conversations.read(ID, context(abort.signal))).rejects.toBe(reason);
    expect(there.clock.now() - START).toBe(500);
    // The token that was being asked for serves the next one.
    expect((await there.client.conversations.read(ID, context()))?.status).toBe('active');
    expect(there.requests('token')).toHaveLength(3);
  });

  it.each(CONTRACTS)('never ends an attempt in progress (%s): its answer is known', async (contract) => {
    const abort = new AbortController();
    const there = await underTest({ client: { contract } });
    there.simulator.intercept(({ route }) => {
      if (route === 'close') abort.abort(reason);
      return null;
    });
    const { proof } = await there.client.conversations.close(ID, context(abort.signal));
    expect(proof !== null).toBe(contract === 'platform');
    expect(there.simulator.world.account()).toMatchObject([{ effectivePatches: 1 }]);
  });
});

it('closing the client leaves no connection open', async () => {
  const server = await serving(() => GONE);
  const client = clientFor(server.url, selfRunningClock());
  await Promise.all([1, 2, 3].map(() => client.conversations.read(ID, context())));
  expect(await server.connections()).toBeGreaterThan(0);
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  expect(sockets()).toBeGreaterThan(0);
  await client.close();
  while ((await server.connections()) + sockets() > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(sockets()).toBe(0);
});

/** A bare TCP server on loopback, gone when the test is. */
async function tcpServer(onConnection: (socket: Socket, nth: number) => void) {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket, accepted);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  onTestFinished(close);
  return { port, accepted: () => accepted, close };
}
