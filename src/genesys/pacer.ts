import Bottleneck from 'bottleneck';
import { type Instant, MINUTE } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import { createGovernor, type Governor } from './governor.ts';
import { orAborted } from './or-aborted.ts';
import { type Headers, type RateLimit, readRateLimit } from './rate-limit.ts';

/** When a waiting attempt goes first: closes and their verification before further inspections. */
export type Priority = 'first' | 'normal';

/** What the pacer learns the pace from. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** Lets attempts through, one by one, at the permitted pace. */
export interface Pacer {
  /**
   * Runs `attempt` when its turn comes; rejects with the signal's reason if that is aborted before.
   *
   * @param kind attempts of one kind are counted against the same limit
   */
  run<T extends Answer>(
    attempt: () => Promise<T>,
    signal: AbortSignal,
    priority: Priority,
    kind: string,
  ): Promise<T>;
  /** Nobody starts before this time has passed. Never shortens a pause that is longer. */
  pauseFor(ms: number): void;
  /** How much of the current pause is left, in ms; 0 when there is none. */
  pausedForMs(): number;
  /** Nothing waits any more; what is under way goes on. */
  stop(): void;
}

const BOTTLENECK_PRIORITY: Readonly<Record<Priority, number>> = { first: 3, normal: 5 };
/** However much a window has left near its end: never faster than this many times the rate of the settings. */
const BURST = 4;

/** Timers are no more precise than this; the governor keeps the average. */
const TIMER_MS = 1;

/** A queue of its own and what is known of its limit. */
interface Lane {
  readonly queue: Bottleneck;
  readonly governor: Governor;
}

/**
 * Attempts queue in Bottleneck, by priority and with `minTime` and `maxConcurrent` only: its reservoir lets through
 * bursts of twice the limit, and its own retries bypass the pace. What is queued is the turn, not the attempt: the one
 * at the head waits for the governor, all others behind it.
 */
export function createPacer(options: {
  clock: Clock;
  ratePerMinute: number;
  budgetShare: number;
  onError: (error: unknown) => void;
}): Pacer {
  const { clock } = options;
  const main = createLane();
  /** Kinds whose replies tell a lower limit than others do have a pace of their own. */
  const narrow = new Map<string, Lane>();
  const allowedOf = new Map<string, number>();
  let pause = { since: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY };
  let news = new AbortController();

  /** A clock that was set back to before the pause began would prolong it; then it is over. */
  function pauseLeft(now: Instant): number {
    return now < pause.since ? 0 : Math.max(0, pause.until - now);
  }

  function createLane(): Lane {
    const queue = new Bottleneck({ minTime: MINUTE / options.ratePerMinute / BURST, maxConcurrent: 1 });
    queue.on('error', options.onError);
    return { queue, governor: createGovernor(options) };
  }

  /** Resolves when the turn has come; then the attempt counts as started. */
  function turn(lane: Lane, signal: AbortSignal, priority: Priority): Promise<void> {
    const waiting = lane.queue.schedule({ priority: BOTTLENECK_PRIORITY[priority] }, async () => {
      for (;;) {
        signal.throwIfAborted();
        const now = clock.now();
        const at = Math.max(now + pauseLeft(now), lane.governor.nextStart(now));
        if (at - now < TIMER_MS) break;
        await sleepUntilNews(at - now, signal);
      }
      lane.governor.started(clock.now());
    });
    // Bottleneck's queue knows no signals. Whoever left in the moment in which the turn came gives it back.
    return orAborted(waiting, signal).catch((error: unknown) => {
      const giveBack = () => lane.governor.finished(null, clock.now(), clock.now());
      waiting.then(giveBack, () => {});
      throw error;
    });
  }

  /** A reply may bring the turn forward. */
  async function sleepUntilNews(ms: number, signal: AbortSignal): Promise<void> {
    const either = new AbortController();
    const stop = () => either.abort();
    const { signal: nextNews } = news;
    for (const one of [signal, nextNews]) one.addEventListener('abort', stop, { once: true });
    try {
      await clock.sleep(ms, either.signal);
    } catch (error) {
      if (!either.signal.aborted) throw error;
    } finally {
      for (const one of [signal, nextNews]) one.removeEventListener('abort', stop);
    }
  }

  function tellNews(): void {
    const told = news;
    news = new AbortController();
    told.abort();
  }

  /** The lane of a kind besides the main one; null when it shares that. */
  function laneOf(kind: string): Lane | null {
    const allowed = allowedOf.get(kind);
    if (allowed === undefined || allowed >= Math.max(...allowedOf.values())) return null;
    const lane = narrow.get(kind) ?? createLane();
    narrow.set(kind, lane);
    return lane;
  }

  return {
    run: async (attempt, signal, priority, kind) => {
      const lane = laneOf(kind);
      if (lane !== null) await turn(lane, signal, priority);
      await turn(main, signal, priority).catch((error: unknown) => {
        lane?.governor.finished(null, clock.now(), clock.now());
        throw error;
      });
      const sentAt = clock.now();
      let limit: RateLimit | null = null;
      try {
        const answer = await attempt();
        if (answer.status === 429) {
          // How long to wait its Retry-After says, which may be shorter than the window.
          for (const { governor } of [main, ...narrow.values()]) governor.limited(clock.now());
          return answer;
        }
        limit = readRateLimit(answer.headers);
        if (limit !== null) allowedOf.set(kind, limit.allowed);
        return answer;
      } finally {
        // The reply may be the first to tell that this kind has a limit of its own.
        const counted = laneOf(kind) ?? main;
        counted.governor.finished(limit, sentAt, clock.now());
        if (counted !== main) main.governor.finished(null, sentAt, clock.now());
        else lane?.governor.finished(null, sentAt, clock.now());
        tellNews();
      }
    },
    pauseFor: (ms) => {
      const now = clock.now();
      pause = { since: now, until: now + Math.max(ms, pauseLeft(now)) };
    },
    pausedForMs: () => pauseLeft(clock.now()),
    stop: () => {
      // Those whose signal was aborted have left, but their places in the queue would each take their time.
      for (const { queue } of [main, ...narrow.values()])
        queue.stop({ dropWaitingJobs: true }).catch(() => {});
    },
  };
}
