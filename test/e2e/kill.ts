import { once } from 'node:events';
import { expect } from 'vitest';
import type { Interceptor } from '../../src/simulator/exchange.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { aPlace, type Place } from './place.ts';
import { conversations, demandAgreement, map } from './world.ts';

type Intercepted = Parameters<Interceptor>[0];

/** Of the kinds that sweeps meet; most are to be closed. */
const KINDS = [
  ...(['with_bot', 'waiting_in_queue', 'closed', 'after_call_work'] as const),
  ...(['agent_customer_silent', 'parked', 'never_wrote', 'abandoned'] as const),
  ...(['with_bot', 'recently_active', 'agent_customer_silent', 'with_bot'] as const),
];
const STALE = 8;

export interface Kill {
  /** Whether this request is the one at which the sweep is killed. */
  readonly at: (request: Intercepted, place: Place) => boolean;
  /** Carried out before it dies: the answer finds nobody. Otherwise it dies first, and the request with it. */
  readonly carriedOut?: boolean;
  readonly options?: Partial<SimulatorOptions>;
}

/** Sweeps until the kill, then again to the end; both sides must agree as if nothing had happened. */
export async function killAndResume({ at, carriedOut = false, options = {} }: Kill): Promise<Place> {
  const place = await aPlace({ conversations: conversations(KINDS), ...options });
  map(place, KINDS.length);
  place.env.NIGHTSWEEP_CONCURRENCY = '2';
  const sweep = place.start('sweep');
  let killed = false;
  place.simulator.intercept(async (request): Promise<Fault | null> => {
    if (!killed && !at(request, place)) return null;
    if (!killed) {
      killed = true;
      const exit = once(sweep.process, 'exit');
      sweep.process.kill('SIGKILL');
      await exit;
    }
    return carriedOut ? null : 'reset_before';
  });
  const ended = await sweep.ended;
  expect(ended.signal, 'it came as far as the kill').toBe('SIGKILL');
  place.simulator.intercept(null);

  const next = await place.run('sweep', '--json');
  expect(next.json).toMatchObject({ exitCode: 0, counts: { left: 0, failed: 0, unconfirmed: 0 } });
  demandAgreement(place);
  expect(place.query("SELECT DISTINCT conversation_id FROM outcomes WHERE outcome = 'closed'")).toHaveLength(
    STALE,
  );
  expect(place.query('SELECT state FROM runs ORDER BY id')).toEqual([
    { state: 'interrupted' },
    { state: 'done' },
  ]);
  return place;
}
