import { inject } from 'vitest';
import type { ClientOptions } from '../../src/genesys/client.ts';
import { type Line, openLine } from '../../src/genesys/line.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { httpInFlight } from '../helpers/http-in-flight.ts';
import { memoryLines } from '../helpers/memory-line.ts';
import { type Quiet, quietFor, quietTurns } from '../helpers/virtual-clock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What nights are spent on; unset: sockets. */
    wire?: WireKind;
  }
}

/** Between the client and the simulator of a night: loopback, or neither sockets nor real time. */
export interface Wire {
  readonly simulator: Simulator;
  inFlight(): number;
  openLine(options: ClientOptions): Line;
  /** How the clock finds out that nothing is going on. */
  readonly quiet: Quiet;
}

/**
 * Real milliseconds without news before the clock jumps: Bottleneck takes up to four timers of one to start an attempt
 * that it could start at once.
 */
const QUIET_MS = 10;
/** Where there is no real time, turns of the event loop. */
const QUIET_TURNS = 4;

export type WireKind = 'sockets' | 'memory';

/**
 * @param kind by default what the run of the tests was configured with, else sockets
 * @param atEnd is told how to clean up
 */
export function createWire(
  simulator: Simulator,
  atEnd: (cleanUp: () => void) => void,
  kind: WireKind = inject('wire') ?? 'sockets',
): Wire {
  if (kind === 'memory') {
    const { simulator: inMemory, inFlight, open } = memoryLines(simulator);
    return { simulator: inMemory, inFlight, openLine: open, quiet: quietTurns(QUIET_TURNS) };
  }
  const origins = new Set<string>();
  return {
    simulator,
    inFlight: httpInFlight(atEnd, (origin) => origins.has(origin)),
    openLine: (options) => {
      for (const url of [options.apiUrl, options.loginUrl]) origins.add(url);
      return openLine(options);
    },
    quiet: quietFor(QUIET_MS),
  };
}
