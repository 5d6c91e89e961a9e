import { expect, onTestFinished } from 'vitest';
import type { Instant } from '../../src/domain/time.ts';
import { type Client, type ClientOptions, createClient } from '../../src/genesys/client.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { SIMULATED_CLIENT, type SimulatorOptions } from '../../src/simulator/options.ts';
import type { RouteName } from '../../src/simulator/routes.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import type { CallContext, Trace } from '../../src/sweep/ports.ts';
import { httpInFlight } from '../helpers/http-in-flight.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';

export const CONTRACTS = ['platform', 'gateway'] as const;
export const ATTEMPT_TIMEOUT_MS = 15_000;
/** Idle for two days, with an agent. */
export const ID = idOf(1);

/** For a remote clock that is ours. */
export const asItIs = (moment: Instant) => moment;

export interface Context extends CallContext {
  readonly trace: Trace;
}

export function context(signal: AbortSignal = new AbortController().signal): Context {
  return { signal, trace: { requests: 0, httpStatus: null, errorCode: null, correlationId: null } };
}

/** A client on loopback, closed when the test is finished, and then nothing sleeps any more. */
export function clientFor(url: string, clock: VirtualClock, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    contract: 'platform',
    apiUrl: url,
    loginUrl: url,
    clientId: SIMULATED_CLIENT.clientId,
    revealSecret: () => SIMULATED_CLIENT.clientSecret,
    closeReason: null,
    // Bottleneck's timers are real ones: 0.1 ms apart.
    ratePerMinute: 600_000,
    budgetShare: 1,
    concurrency: 10,
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    clock,
    random: () => 0,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    userAgent: 'nightsweep-test',
    signal: new AbortController().signal,
    onToken: () => {},
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    expect(clock.sleepers, 'sleepers left').toBe(0);
  });
  return client;
}

/** A clock that jumps to the next sleeper whenever no HTTP request is in flight. */
export function selfRunningClock(): VirtualClock {
  const clock = new VirtualClock();
  const inFlight = httpInFlight();
  const stop = clock.runByItself(() => inFlight() === 0);
  onTestFinished(stop);
  return clock;
}

export interface UnderTest {
  readonly simulator: Simulator;
  readonly client: Client;
  readonly clock: VirtualClock;
  readonly port: number;
  /** The next requests to this route meet with these faults, one each; the ones after are carried out. */
  failNext(route: RouteName, ...faults: (Fault | null)[]): void;
  /** Every later request to this route meets with this fault. */
  failAlways(route: RouteName, fault: Fault | null): void;
  /** What came in on this route, as the simulator logged it; `at` in whole ms, below which is only the pace. */
  requests(route: RouteName): { at: number; status: number | null }[];
}

/** The client on a simulator with one stale conversation ({@link ID}); time passes by itself. */
export async function underTest(
  options: { client?: Partial<ClientOptions>; simulator?: Partial<SimulatorOptions> } = {},
): Promise<UnderTest> {
  const clock = selfRunningClock();
  const simulator = createSimulator({
    now: clock.now,
    conversations: [conversation(1, 'agent_customer_silent')],
    rateLimit: { allowed: 1_000_000, windowMs: 60_000 },
    ...options.simulator,
  });
  const { url, port } = await simulator.start();
  onTestFinished(() => simulator.stop());

  const next = new Map<RouteName, (Fault | null)[]>();
  const always = new Map<RouteName, Fault | null>();
  simulator.intercept(({ route }) => {
    if (route === null) return null;
    const queued = next.get(route) ?? [];
    const fault = queued.length > 0 ? (queued.shift() ?? null) : (always.get(route) ?? null);
    // Nothing will answer, so only time can end the wait.
    if (fault === 'timeout') setImmediate(() => void clock.advance(ATTEMPT_TIMEOUT_MS));
    return fault;
  });

  return {
    simulator,
    client: clientFor(url, clock, options.client),
    clock,
    port,
    failNext: (route, ...faults) => next.set(route, faults),
    failAlways: (route, fault) => always.set(route, fault),
    requests: (route) =>
      simulator.log
        .filter((record) => record.route === route)
        .map(({ at, status }) => ({ at: Math.floor(at), status })),
  };
}

/** The error that `promise` rejects with; fails the test when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}
