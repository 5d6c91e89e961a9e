import Database from './sqlite.ts';

/** How long others are waited for, in ms at least. Nothing else happens meanwhile; no transaction of ours takes so long. */
export const PATIENCE_MS = 5_000;

/**
 * SQLite's own waiting sleeps up to 100 ms between two tries. A program that commits one transaction after the other
 * leaves the lock free for some microseconds each time, and that is found by asking often or not at all: with one that
 * writes a thousand rows a time, our writes waited for up to 5.2 s before, and 0.7 s so.
 */
const PAUSE_MS = 0.25;

/** Runs a statement or transaction, again and again while another program's lock is in its way. */
export type Patiently = <T>(fn: () => T) => T;

/**
 * @param ms how long to go on. Once that was in vain, later calls ask only once, until one is let through: what has to
 *   be put in order after a failure must not wait as long once more for each step
 */
export function createPatience(ms: number): Patiently {
  let isExhausted = false;
  return (fn) => {
    for (let waited = 0; ; waited += PAUSE_MS) {
      try {
        const result = fn();
        isExhausted = false;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (isExhausted || waited >= ms) {
          isExhausted = true;
          throw error;
        }
        pause();
      }
    }
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Transactions are synchronous, so is the waiting for them. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
