import { type Instant, SECOND } from '../domain/time.ts';

/** A value that was read, and when. */
export interface Reading<T> {
  readonly value: T;
  readonly at: Instant;
}

/** However many ask within this time, one reading serves them all. */
const FRESH_MS = 3 * SECOND;
/** Of a record so large that reading takes long: reading takes at most one part in so many of the time. */
const SHARE = 20;

/** Gives everybody the latest reading, and makes a new one when that has become old. Throws what `read` throws. */
export function shared<T>(now: () => Instant, read: () => Promise<T>): () => Promise<Reading<T>> {
  let latest: Reading<T> | null = null;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let underWay: Promise<Reading<T>> | null = null;

  async function readAgain(): Promise<Reading<T>> {
    const at = now();
    try {
      latest = { value: await read(), at };
      freshUntil = at + Math.max(FRESH_MS, SHARE * (now() - at));
      return latest;
    } finally {
      underWay = null;
    }
  }

  return async () => {
    // A clock that was set back makes nothing older.
    if (latest !== null && now() >= latest.at && now() < freshUntil) return latest;
    underWay ??= readAgain();
    return underWay;
  };
}
