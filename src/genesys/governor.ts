import { type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { LONGEST_PAUSE_MS, type RateLimit } from './rate-limit.ts';

/**
 * Decides when the next attempt may start, by what the replies say about the current window. The settings' rate is a
 * ceiling; `allowed`, `count` and `reset` can only lower it. Pure: time is passed in, nothing waits here.
 *
 * The window is taken to be fixed: it begins with a first request and ends `reset` seconds later (inferred). What is
 * left in it is spread over its rest, so that nothing is left lying at its end and nothing is overdrawn.
 */
export interface Governor {
  /** When the next attempt may start: `now` or earlier means at once. Ask again after waiting or news. */
  nextStart(now: Instant): Instant;
  started(now: Instant): void;
  /** An attempt that began at `sentAt` is over; `limit` is what its reply said, null when there was none. */
  finished(limit: RateLimit | null, sentAt: Instant, now: Instant): void;
  /** A 429: the pause is the pacer's, the caution after it ours. */
  limited(now: Instant): void;
}

/** How many times slower than permitted after a 429, for a window. */
const CAUTION = 2;
/** Until the first reply tells more. Genesys documents a minute. */
const DEFAULT_WINDOW_MS = MINUTE;
/** Two clocks, one network: this much after the end of a window the next one has certainly begun. */
const END_MARGIN_MS = 10;

/** Others do not space their requests evenly. */
const FOREIGN_MARGIN = 3;
/** What a busy window that slides keeps of its count between two replies, at least. */
const STILL_COUNTED = 0.9;
/** In a sliding window that is full, room comes back one by one. */
const SLIDING_WAIT = 2;

/** How late a timer may be and the time still be made up for. */
const TIMER_SLACK_MS = 5;

/** What is known of the window that is running. */
interface Window {
  allowed: number;
  /** The highest count that a reply of this window has told. */
  count: number;
  /** Replies of ours in it, for telling what others use. */
  own: number;
  /** When the first of them came. */
  since: Instant;
  /** The count in the first of them. */
  firstCount: number;
  /** When the attempt began whose reply opened it: older ones belong to the window before. */
  readonly openedBy: Instant;
  /**
   * `reset` is in whole seconds. If it is rounded up, the window is over at `endIfUp` at the latest; if it is rounded
   * down, at `endIfDown`, a second later.
   */
  endIfUp: Instant;
  endIfDown: Instant;
}

export function createGovernor(options: { ratePerMinute: number; budgetShare: number }): Governor {
  const { ratePerMinute, budgetShare } = options;
  const ceilingSpacingMs = MINUTE / ratePerMinute;
  let window: Window | null = null;
  let windowMs = DEFAULT_WINDOW_MS;
  let lastStart = Number.NEGATIVE_INFINITY;
  let inFlight = 0;
  let cautiousUntil = Number.NEGATIVE_INFINITY;
  let roundsUp: boolean | null = null;
  let probeSentAt: Instant | null = null;
  let latencyMs = 0;
  let foreignPerMs = 0;
  let sliding = false;
  let lastCount = 0;

  /** How many attempts a window permits us: our share, and never more than the ceiling. */
  function capacity(allowed: number): number {
    return Math.min(Math.floor(allowed * budgetShare), Math.ceil((ratePerMinute * windowMs) / MINUTE));
  }

  function endOf(w: Window): Instant {
    return (roundsUp === true ? w.endIfUp : w.endIfDown) + END_MARGIN_MS;
  }

  /** What others may take while an attempt of ours is under way. */
  function reserve(): number {
    return foreignPerMs > 0 ? Math.ceil(foreignPerMs * latencyMs) + FOREIGN_MARGIN : 0;
  }

  function nextStart(now: Instant): Instant {
    const at = planned(now);
    // Nobody waits that long for a window: the 429 that follows tells that it is a daily limit.
    return at - now > LONGEST_PAUSE_MS ? now : at;
  }

  function planned(now: Instant): Instant {
    if (window !== null && now >= endOf(window)) forget();
    const caution = now < cautiousUntil ? CAUTION : 1;
    if (window === null) return lastStart + (ceilingSpacingMs / budgetShare) * caution;

    if (sliding) return lastStart + ceilingSpacingMs * caution * (isFull(window) ? SLIDING_WAIT : 1);
    const foreign = foreignIn(window);
    const left = Math.min(
      window.allowed - window.count - inFlight - reserve(),
      capacity(window.allowed) - (window.count - foreign) - inFlight,
    );
    // One is kept back until it is known how `reset` is rounded: it finds that out without overdrawing.
    const kept = roundsUp === null ? 1 : 0;
    if (left > kept) {
      const rest = Math.max(0, (roundsUp === null ? window.endIfUp : endOf(window)) - now);
      return lastStart + (rest / (left - kept)) * caution;
    }
    if (roundsUp === null && left === kept && inFlight === 0) return window.endIfUp + END_MARGIN_MS;
    return endOf(window);
  }

  function forget(): void {
    if (window === null) return;
    const elapsed = Math.max(1, endOf(window) - window.since);
    foreignPerMs = foreignIn(window) / elapsed;
    window = null;
  }

  function isFull(w: Window): boolean {
    return w.count + inFlight + reserve() >= Math.floor(w.allowed * budgetShare);
  }

  /** A reply of the next window tells a later end than this one can have. */
  function hasRolled(w: Window, limit: RateLimit, now: Instant): boolean {
    return now + limit.resetMs > w.endIfDown + latencyMs + SECOND / 2;
  }

  function open(limit: RateLimit, sentAt: Instant, now: Instant): Window {
    windowMs = Math.max(limit.resetMs, SECOND);
    return {
      allowed: limit.allowed,
      count: limit.count,
      own: 1,
      since: now,
      firstCount: limit.count,
      openedBy: sentAt,
      endIfUp: now + limit.resetMs,
      endIfDown: now + limit.resetMs + SECOND,
    };
  }

  return {
    nextStart,
    started: (now) => {
      if (roundsUp === null && window !== null && now >= window.endIfUp + END_MARGIN_MS) probeSentAt ??= now;
      // By the plan, not by when the timer let us: what it was late is made up for.
      const late = lastStart === Number.NEGATIVE_INFINITY ? 0 : TIMER_SLACK_MS;
      lastStart = Math.max(nextStart(now), now - late);
      inFlight++;
    },
    finished: (limit, sentAt, now) => {
      inFlight = Math.max(0, inFlight - 1);
      const isProbe = probeSentAt !== null && sentAt >= probeSentAt;
      if (isProbe) probeSentAt = null;
      if (limit === null) return;
      const took = Math.max(0, now - sentAt);
      latencyMs = latencyMs === 0 ? took : latencyMs * 0.9 + took * 0.1;
      // The clock was set back: what is known of the window is about another time.
      if (window !== null && now < window.since) window = null;
      const rolled = window !== null && hasRolled(window, limit, now);
      // Later than that every window has rolled, which says nothing about the rounding.
      if (isProbe && window !== null && sentAt < window.endIfDown) roundsUp = rolled;
      if (rolled && window !== null && isStillCounted(window, limit)) sliding = true;
      // A count that drops is that of a new window: it was a clock that was set, or chance.
      else if (sliding && limit.count < lastCount / 2) sliding = false;
      lastCount = limit.count;
      if (rolled) forget();
      if (window === null) {
        window = open(limit, sentAt, now);
        return;
      }
      if (sentAt < window.openedBy) return;
      window.allowed = limit.allowed;
      window.count = sliding ? limit.count : Math.max(window.count, limit.count);
      window.own++;
      window.endIfUp = Math.min(window.endIfUp, now + limit.resetMs);
      window.endIfDown = Math.min(window.endIfDown, now + limit.resetMs + SECOND);
    },
    limited: (now) => {
      cautiousUntil = now + windowMs;
      // Perhaps the last window was taken to be over too soon; a second later is always right.
      if (roundsUp === true) roundsUp = false;
    },
  };
}

/** A fixed window that begins anew has forgotten what was counted; one that slides has not. */
function isStillCounted(w: Window, limit: RateLimit): boolean {
  return w.count > w.allowed / 2 && limit.count >= w.count * STILL_COUNTED;
}

/** Requests of others on the same token, as far as the counts tell them from ours. */
function foreignIn(w: Window): number {
  return Math.max(0, w.count - w.firstCount - w.own + 1);
}
