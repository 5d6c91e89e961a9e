import { type Instant, SECOND } from '../domain/time.ts';

/** Whoever asks more often than this is told the same again. */
const LEAST_MS = 5 * SECOND;
/** It is read for a twentieth of the time at most. */
const REST = 20;
/** Whoever asks does not wait for a reading that takes longer, but gets the one before. Prometheus waits for 10 s. */
const PATIENCE_MS = 2 * SECOND;

/** The latest reading, and how long it took. */
export interface Reading<T> {
  readonly value: T;
  readonly tookMs: number;
}

/**
 * Reads again only when what was read has become old: the older, the longer reading takes. Whoever asks while it is
 * being read waits for that, unless it takes long. Rejects with what `read` rejects with, at the latest the next time.
 */
export function cached<T>(read: () => Promise<T>, now: () => Instant): () => Promise<Reading<T>> {
  let latest: (Reading<T> & { readonly at: Instant }) | null = null;
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

  return async () => {
    // A clock that was set back must not keep it for ever.
    const age = latest === null ? Number.POSITIVE_INFINITY : Math.abs(now() - latest.at);
    if (latest !== null && age < Math.max(LEAST_MS, REST * latest.tookMs)) return latest;
    reading ??= readAgain().finally(() => {
      reading = null;
    });
    if (latest === null || latest.tookMs <= PATIENCE_MS) return reading;
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
