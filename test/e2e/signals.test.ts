import { describe, expect, it } from 'vitest';
import { aPlace, type Place } from './place.ts';
import { demandAgreement, idOf, map, stale } from './world.ts';

const COUNT = 30;

async function placeWithWork(): Promise<Place> {
  const place = await aPlace({ conversations: stale(COUNT) });
  place.env.NIGHTSWEEP_CONCURRENCY = '2';
  map(place, COUNT);
  return place;
}

/** Resolves when the nth request of this kind has come in; `then` decides when it is answered. */
function nth(place: Place, route: 'read' | 'close', n: number, then: () => Promise<void> = async () => {}) {
  let seen = 0;
  return new Promise<void>((resolve) => {
    place.simulator.intercept(async (request) => {
      if (request.route === route && ++seen === n) {
        resolve();
        await then();
      }
      return null;
    });
  });
}

describe('a sweep that is asked to stop', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s finishes what it has in hand, exits %i, and can be resumed', async (signal, code) => {
    const place = await placeWithWork();
    const reached = nth(place, 'close', 5);
    const sweep = place.start('sweep', '--json');
    await reached;
    sweep.process.kill(signal);
    const stopped = await sweep.ended;
    expect(stopped).toMatchObject({ code, signal: null });
    expect(stopped.json).toMatchObject({ exitCode: code, run: { state: 'interrupted' } });
    expect(stopped.json.message).toContain('Interrupted; run again to go on.');
    expect(stopped.json.counts.left).toBeGreaterThan(0);
    expect(stopped.json.counts.closed).toBe(place.count('close'));
    demandAgreement(place);

    const next = await place.runHere('sweep', '--json');
    expect(next.code).toBe(0);
    expect(next.json.counts.closed + stopped.json.counts.closed).toBe(COUNT);
    demandAgreement(place);
  });

  it('ends at once at the second signal, and the next sweep finds out what became of it', async () => {
    const place = await placeWithWork();
    let goOn = () => {};
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const reached = nth(place, 'close', 3, () => hanging);
    const sweep = place.start('sweep');
    await reached;
    sweep.process.kill('SIGTERM');
    await sweep.says('a second signal ends at once');
    sweep.process.kill('SIGTERM');
    expect(await sweep.ended).toMatchObject({ code: 143, signal: null });
    expect(place.query('SELECT state FROM runs')).toEqual([{ state: 'running' }]);
    goOn();
    expect((await place.runHere('sweep')).code).toBe(0);
    demandAgreement(place);
  });

  it('waits no longer than --grace for what hangs, and the next sweep finds out what became of it', async () => {
    const place = await placeWithWork();
    let goOn = () => {};
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const reached = nth(place, 'close', 3, () => hanging);
    const sweep = place.start('sweep', '--grace', '1s', '--json');
    await reached;
    sweep.process.kill('SIGTERM');
    const { code, json } = await sweep.ended;
    expect({ code, state: json.run.state }).toEqual({ code: 143, state: 'interrupted' });
    expect(json.message).toContain('1 could not be read after the close');
    expect(place.query('SELECT count(*) AS n FROM intents')).toEqual([{ n: 1 }]);
    goOn();
    expect((await place.runHere('sweep')).code).toBe(0);
    demandAgreement(place);
  });

  it('a close that is still signing in ends at once', async () => {
    const place = await aPlace({ conversations: stale(1) });
    map(place, 1);
    let seen = () => {};
    const asked = new Promise<void>((resolve) => {
      seen = resolve;
    });
    place.simulator.intercept(() => {
      seen();
      return 'timeout';
    });
    const close = place.start('close', idOf(1), '--json');
    await asked;
    close.process.kill('SIGINT');
    const { code, json } = await close.ended;
    expect({ code, json }).toEqual({
      code: 130,
      json: { exitCode: 130, message: 'Interrupted; run again to go on.' },
    });
    expect(place.query('SELECT * FROM close_requests')).toEqual([]);
  });

  it('while it waits for its verification stops waiting only for a while', async () => {
    const place = await aPlace({ conversations: stale(1), closeEffect: { kind: 'delayed', ms: 400 } });
    map(place, 1);
    const reached = nth(place, 'close', 1);
    const sweep = place.start('sweep', '--json');
    await reached;
    sweep.process.kill('SIGTERM');
    const { code, json } = await sweep.ended;
    expect(json.counts).toMatchObject({ closed: 1, left: 0 });
    expect(code).toBe(143);
    demandAgreement(place);
  });

  it('simulate ends by it too', async () => {
    const place = await aPlace();
    const simulate = place.start('simulate', '--port', '0', '--population', '3', '--json');
    const url = await new Promise<string>((resolve) => {
      simulate.process.stdout.once('data', (text: string) => resolve(JSON.parse(text).url));
    });
    const world = await (await fetch(`${url}/simulator/world`)).json();
    expect(world).toHaveLength(3);
    simulate.process.kill('SIGINT');
    expect(await simulate.ended).toMatchObject({ code: 130, signal: null });
  });
});
