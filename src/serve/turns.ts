import { setImmediate as breathe } from 'node:timers/promises';
import { BusyError, DatabaseError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import { RETRY_AFTER } from './limits.ts';
import type { ServedRecord } from './ports.ts';
import { later } from './problem.ts';

/** Access to the record that keeps nobody waiting for long: each step is synchronous and short. */
export interface Turns {
  /**
   * Runs `fn`, a read or what puts itself in line, at once, again and again while another program's lock is in its way.
   * Throws BusyError at last.
   */
  read<T>(fn: () => T | Promise<T>): Promise<T>;
  /**
   * The same in the order in which they come, each as one transaction; resolves when it is committed. Throws HttpProblem
   * 429 when too many wait.
   */
  write<T>(fn: () => T): Promise<T>;
}

export interface TurnsOptions {
  readonly record: Pick<ServedRecord, 'atomically'>;
  readonly clock: Clock;
  /** How many writes may be under way, those that have their turn included. */
  readonly limit: number;
  /** How long each may wait, in ms. */
  readonly patienceMs: number;
}

/** A write that waits for its turn, and how to tell its caller what became of it. */
interface Waiting {
  readonly fn: () => unknown;
  readonly deadline: Instant;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Between two tries: a program that commits one transaction after the other leaves the lock free for moments. */
const PAUSE_MS = 1;
/** Writes that share a commit; some ms of work, in which nothing else happens. */
const MOST_IN_ONE = 50;

export function createTurns({ record, clock, limit, patienceMs }: TurnsOptions): Turns {
  const queue: Waiting[] = [];
  let underWay = 0;
  let isDraining = false;

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

  /** One commit takes the disk its time, however much is in it: what came meanwhile shares the next one. */
  async function drain(): Promise<void> {
    isDraining = true;
    while (queue.length > 0) {
      // Others read between two commits, and sockets are served.
      await breathe();
      await take(queue.splice(0, MOST_IN_ONE));
    }
    isDraining = false;
  }

  async function take(group: readonly Waiting[]): Promise<void> {
    const deadline = group[0]?.deadline ?? 0;
    try {
      const settle = await untilFree(() => record.atomically(() => group.map(attempt)), deadline);
      for (const tell of settle) tell();
    } catch (error) {
      // One that the database refuses must not take the others with it; a lock is in the way of all.
      if (group.length > 1 && !(error instanceof BusyError)) for (const one of group) await take([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  /** Runs it as a transaction within that of its group; how to tell what became of it once that is committed. */
  function attempt({ fn, resolve, reject }: Waiting): () => void {
    try {
      const value = record.atomically(fn);
      return () => resolve(value);
    } catch (error) {
      if (error instanceof DatabaseError) throw error;
      return () => reject(error);
    }
  }

  return {
    read: (fn) => untilFree(fn, clock.now() + patienceMs),
    write: async <T>(fn: () => T) => {
      if (underWay >= limit) {
        throw later(429, 'too_many_writes', `${limit} writes wait already; send it again.`, RETRY_AFTER.full);
      }
      underWay += 1;
      try {
        return await new Promise<T>((resolve, reject) => {
          const told = resolve as (value: unknown) => void;
          queue.push({ fn, deadline: clock.now() + patienceMs, resolve: told, reject });
          if (!isDraining) void drain();
        });
      } finally {
        underWay -= 1;
      }
    },
  };
}
