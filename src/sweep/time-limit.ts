import { EXIT } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Ending } from './ending.ts';
import type { Clock, RemoteInfo } from './ports.ts';

/**
 * Stops a run when `maxDurationMs` (null: never) has passed since `startedAt`, whatever it is waiting for, and
 * `graceMs` later ends the waiting of what it has in hand. Returns what calls it off.
 */
export function limitTime(parts: {
  readonly clock: Clock;
  readonly startedAt: Instant;
  readonly maxDurationMs: number | null;
  readonly graceMs: number;
  readonly ending: Ending;
  readonly remote: Pick<RemoteInfo, 'hangUp'>;
}): () => void {
  const { clock, startedAt, maxDurationMs, graceMs, ending, remote } = parts;
  const off = new AbortController();
  const stop = () => ending.stop(EXIT.workLeft, 'The time (maxDuration) is used up.');

  async function watch(limitMs: number): Promise<void> {
    const left = startedAt + limitMs - clock.now();
    // Not a moment is left: nothing must be taken in hand before a timer could say so.
    if (left <= 0) stop();
    else await clock.sleep(left, off.signal).then(stop);
    await clock.sleep(graceMs, off.signal);
    ending.cut('the time is used up');
    remote.hangUp();
  }

  // Called off is the only way in which a sleep fails.
  if (maxDurationMs !== null) watch(maxDurationMs).catch(() => {});
  return () => off.abort();
}
