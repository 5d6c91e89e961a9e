import { ApiError } from '../domain/errors.ts';
import { humanDuration } from '../domain/time.ts';
import type { Clock } from './ports.ts';

/**
 * Runs `fn` with a signal that is aborted when `outer` is, or with an ApiError after `ms`. Leaves no timer behind.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  fn: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expired = new AbortController();
  const done = new AbortController();
  clock.sleep(ms, done.signal).then(
    () => expired.abort(new ApiError(`it took longer than ${humanDuration(ms)}`, { failure: 'lost' })),
    () => {},
  );
  try {
    return await fn(AbortSignal.any([outer, expired.signal]));
  } finally {
    done.abort();
  }
}
