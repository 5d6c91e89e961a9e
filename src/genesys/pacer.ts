import Bottleneck from 'bottleneck';
import { MINUTE } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';

/** When a waiting attempt goes first: closes and their verification before further inspections. */
export type Priority = 'first' | 'normal';

/** Lets attempts through, one by one, at the permitted pace. */
export interface Pacer {
  /** Runs `attempt` when its turn comes; rejects with the signal's reason if that is aborted before. */
  run<T>(attempt: () => Promise<T>, signal: AbortSignal, priority: Priority): Promise<T>;
  /** Nobody starts before this time has passed. Never shortens a pause that is longer. */
  pauseFor(ms: number): void;
  /** How much of the current pause is left, in ms; 0 when there is none. */
  pausedForMs(): number;
}

const BOTTLENECK_PRIORITY: Readonly<Record<Priority, number>> = { first: 3, normal: 5 };

/**
 * Bottleneck with `minTime` and `maxConcurrent` only: its reservoir is a fixed window that lets through bursts of
 * twice the limit, and its own retries bypass the pace. Pauses are ours and happen inside a slot, so that the queue
 * behind stands still too.
 */
export function createPacer(options: {
  clock: Clock;
  ratePerMinute: number;
  maxConcurrent: number;
  onError: (error: unknown) => void;
}): Pacer {
  const { clock } = options;
  const minTimeMs = MINUTE / options.ratePerMinute;
  const limiter = new Bottleneck({ minTime: minTimeMs, maxConcurrent: options.maxConcurrent });
  limiter.on('error', options.onError);
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let nextAfterPause = Number.NEGATIVE_INFINITY;

  /** All who waited out a pause would start in the same millisecond; this spaces them again. */
  async function waitOutPause(signal: AbortSignal): Promise<void> {
    let paused = false;
    for (let wait = pausedUntil - clock.now(); wait > 0; wait = pausedUntil - clock.now()) {
      paused = true;
      await clock.sleep(wait, signal);
    }
    // Whoever comes while they take their turns lines up behind them.
    if (!paused && clock.now() >= nextAfterPause) return;
    const turn = Math.max(clock.now(), nextAfterPause);
    nextAfterPause = turn + minTimeMs;
    if (turn > clock.now()) await clock.sleep(turn - clock.now(), signal);
    if (pausedUntil > clock.now()) await waitOutPause(signal);
  }

  return {
    run: (attempt, signal, priority) =>
      new Promise((resolve, reject) => {
        // Also while it stands in Bottleneck's queue, which knows no signals; but never once it has begun.
        const abort = () => reject(signal.reason);
        const noMore = () => signal.removeEventListener('abort', abort);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        limiter
          .schedule({ priority: BOTTLENECK_PRIORITY[priority] }, async () => {
            signal.throwIfAborted();
            await waitOutPause(signal);
            signal.throwIfAborted();
            noMore();
            return attempt();
          })
          .then(resolve, reject)
          .finally(noMore);
      }),
    pauseFor: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    pausedForMs: () => Math.max(0, pausedUntil - clock.now()),
  };
}
