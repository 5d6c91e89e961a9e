import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpInFlight } from './http-in-flight.ts';
import { START, VirtualClock } from './virtual-clock.ts';

describe('the virtual clock by hand', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock();
    let woken = false;
    const sleeping = clock.sleep(1).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), woken, clock.sleepers]).toEqual([START, false, 1]);
    await clock.advance(1);
    await sleeping;
    expect([clock.now(), woken, clock.sleepers]).toEqual([START + 1, true, 0]);
  });

  it('wakes in the order of time, then of arrival, also those who begin to sleep meanwhile', async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.now() - START}`);
    };
    const all = [
      sleep('c', 30),
      sleep('a', 10).then(() => sleep('between', 10)),
      sleep('d', 30),
      sleep('late', 31),
    ];
    await clock.advance(30);
    expect(woken).toEqual(['a at 10', 'between at 20', 'c at 30', 'd at 30']);
    expect(clock.nextDue).toBe(START + 31);
    await clock.advance(1);
    await Promise.all(all);
  });

  it('rejects an aborted sleeper with the reason and forgets it', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(clock.sleep(1_000, abort.signal)).rejects.toBe(reason);
    expect(clock.sleepers).toBe(0);
  });

  it('lets a sleep of 0 ms pass without being moved', async () => {
    const clock = new VirtualClock();
    await clock.sleep(0);
    expect(clock.now()).toBe(START);
  });
});

describe('the virtual clock by itself', () => {
  it('turns hours into moments and stops when told', async () => {
    const clock = new VirtualClock();
    const stop = clock.runByItself(() => true);
    for (let hour = 0; hour < 5; hour++) await clock.sleep(3_600_000);
    expect(clock.now() - START).toBe(5 * 3_600_000);
    await stop();
    void clock.sleep(1).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.sleepers).toBe(1);
  });

  it('does not jump over an HTTP request that is in flight', async () => {
    const server = createServer((_, response) => {
      setTimeout(() => response.end('at last'), 60);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const clock = new VirtualClock();
    const inFlight = httpInFlight();
    const stop = clock.runByItself(() => inFlight() === 0);
    onTestFinished(async () => {
      await stop();
      server.closeAllConnections();
      server.close();
    });
    let timedOut = false;
    const timer = clock.sleep(15_000).then(() => {
      timedOut = true;
    });
    const { body } = await request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await body.text()).toBe('at last');
    expect(timedOut).toBe(false);
    await timer;
    expect(timedOut).toBe(true);
  });
});
