import { setImmediate as breathe } from 'node:timers/promises';
import { BusyError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import { RETRY_AFTER } from './limits.ts';
import { later } from './problem.ts';

/** Access to the record that keeps nobody waiting for long: each step is synchronous and short. */
export interface Turns {
  /** Runs `fn`, a read or what puts itself in line, at once, again and again while another program's lock is in its way. Throws BusyError at last. */
  read<T>(fn: () => T | Promise<T>): Promise<T>;
  /** The same one after the other. Throws HttpProblem 429 when too many wait. */
  write<T>(fn: () => T): Promise<T>;
}

export interface TurnsOptions {
  readonly clock: Clock;
  /** How many writes may be under way, the one that has its turn included. */
  readonly limit: number;
  /** How long each may wait, in ms. */
  readonly patienceMs: number;
}

/** Between two tries: a program that commits one transaction after the other leaves the lock free for moments. */
const PAUSE_MS = 1;

export function createTurns({ clock, limit, patienceMs }: TurnsOptions): Turns {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function untilFree<T>(fn: () => T | Promise<T>, deadline: Instant): Promise<T> {
    for (;;) {
      try {
        return await fn();
      } catch (error) {
        if (!(error instanceof BusyError) || clock.now() >= deadline) throw error;
      }
      await clock.sleep(PAUSE_MS);
    }
  }

  return {
    read: (fn) => untilFree(fn, clock.now() + patienceMs),
    write: async (fn) => {
      if (waiting >= limit) {
        throw later(429, 'too_many_writes', `${limit} writes wait already; send it again.`, RETRY_AFTER.full);
      }
      waiting += 1;
      const deadline = clock.now() + patienceMs;
      const before = last;
      const turn = (async () => {
        await before;
        // Others read between two writes, and sockets are served.
        await breathe();
        return untilFree(fn, deadline);
      })();
      last = turn.catch(() => {});
      try {
        return await turn;
      } finally {
        waiting -= 1;
      }
    },
  };
}
