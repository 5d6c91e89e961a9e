import { createServer } from 'node:net';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { NOW, running } from './running.ts';

/** Sockets, servers and timers that keep this process alive. */
const openHandles = () =>
  process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name)).length;

describe('starting and stopping', () => {
  it('listens on loopback only, on the port asked for, and can be started again', async () => {
    const simulator = createSimulator({ now: () => NOW, population: 0 });
    onTestFinished(() => simulator.stop());
    const first = await simulator.start();
    expect(first.url).toBe(`http://127.0.0.1:${first.port}`);
    await simulator.stop();
    expect(await simulator.start(first.port)).toEqual(first);
  });

  it('says in a sentence that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const simulator = createSimulator({ now: () => NOW, population: 0 });
    await expect(simulator.start(port)).rejects.toThrow(UsageError);
    await simulator.stop();
  });

  it('leaves nothing open, even with idle connections, silent answers and latency under way', async () => {
    const before = openHandles();
    const simulator = createSimulator({
      now: () => NOW,
      population: 10,
      latencyMs: [1, 1],
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          const timer = setTimeout(() => {}, 3_600_000);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    });
    const { url } = await simulator.start();
    const idle = await request(`${url}/simulator/world`);
    await idle.body.dump();
    const hanging = request(`${url}/api/v2/tokens/me`).catch((error: Error) => error);
    while (simulator.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await simulator.stop();
    expect(await hanging).toBeInstanceOf(Error);
    await expect(request(`${url}/simulator/world`)).rejects.toThrow();
    expect(openHandles()).toBeLessThanOrEqual(before);
  });

  it('stopping twice or without a start is harmless', async () => {
    const simulator = createSimulator({ now: () => NOW, population: 0 });
    await simulator.stop();
    await simulator.start();
    await simulator.stop();
    expect(await simulator.stop()).toBeUndefined();
  });

  it('has 500 conversations unless told otherwise', async () => {
    expect(createSimulator({ now: () => NOW }).world.list().length).toBe(500);
    expect((await running()).simulator.world.list()).toEqual([]);
  });
});
