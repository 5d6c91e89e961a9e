import type { Instant } from '../domain/time.ts';

/** It is read for a twentieth of the time at most. */
const REST = 20;

/** The latest reading, when it was begun, and how long it took. */
export interface Reading<T> {
  readonly value: T;
  readonly at: Instant;
  readonly tookMs: number;
}

export interface CachedOptions {
  /** Whoever asks more often than this is told the same again. */
  readonly leastMs: number;
  /** Whoever asks does not wait anew where the last reading took longer than this, but gets that one. */
  readonly patienceMs: number;
}

/**
 * Reads again only when what was read has become old: the older, the longer reading takes. Whoever asks while it is
 * being read waits for that, unless it takes long. Rejects with what `read` rejects with, at the latest the next time.
 */
export function cached<T>(
  read: () => Promise<T>,
  now: () => Instant,
  { leastMs, patienceMs }: CachedOptions,
): () => Promise<Reading<T>> {
  let latest: Reading<T> | null = null;
  let reading: Promise<Reading<T>> | null = null;

  async function readAgain(): Promise<Reading<T>> {
    const at = now();
    try {
      const value = await read();
      latest = { value, at, tookMs: Math.max(0, now() - at) };
      return latest;
    } catch (error) {
      latest = null;
      throw error;
    }
  }

  /** A clock that was set back keeps nothing. */
  function isFresh({ at, tookMs }: Reading<T>): boolean {
    const age = now() - at;
    return age >= 0 && age < Math.max(leastMs, REST * tookMs);
  }

  return async () => {
    if (latest !== null && isFresh(latest)) return latest;
    reading ??= readAgain().finally(() => {
      reading = null;
    });
    if (latest === null || latest.tookMs <= patienceMs) return reading;
    // What goes wrong is found by whoever asks next.
    reading.catch(() => {});
    return latest;
  };
}

/** Takes the steps one after the other, and lets others have their turn between two. */
export async function inSteps<T>(steps: Iterator<void, T>, breathe: () => Promise<unknown>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await breathe();
  }
}
