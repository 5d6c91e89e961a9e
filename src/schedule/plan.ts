import { COUNTED } from '../domain/expected.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Random } from '../sweep/ports.ts';
import type { Times } from './times.ts';

/** One night to come. */
export interface PlannedNight {
  /** When the cron expression has it. */
  readonly dueAt: Instant;
  /** When it begins: later by its jitter. */
  readonly at: Instant;
}

/** Nights whose time is over. */
export interface Passed {
  /** {@link COUNTED} at most. */
  readonly nights: number;
  /** When the last of them was due. */
  readonly lastDueAt: Instant;
}

export interface Plan {
  /** Null: none. */
  readonly passed: Passed | null;
  readonly next: PlannedNight;
}

export interface PlanParts {
  readonly times: Times;
  /** Shorter than any time between two nights, so that a night's own time ends before the next begins. */
  readonly jitterMs: number;
  readonly random: Random;
}

export interface PlanOptions {
  /** What was planned earlier; if that is still what comes next, its jitter is not drawn again. */
  readonly before?: PlannedNight | null;
  /** So long after it was due the time of a night is open at least; default 0. */
  readonly lateMs?: number;
}

/**
 * What is to come at `now`, and what was due after `after` and can come no more. A night's time lasts from when it is
 * due until its jitter is used up: who looks in between has not missed it, and it begins within the rest. Where its
 * time is open for longer than its jitter, it begins at once.
 */
export function planNights(
  { times, jitterMs, random }: PlanParts,
  after: Instant,
  now: Instant,
  { before = null, lateMs = 0 }: PlanOptions = {},
): Plan {
  const within = (from: Instant, to: Instant) =>
    from + Math.floor((random() * (to - from)) / SECOND) * SECOND;
  const latest = times.latest(now);
  const isOpen = latest > after && latest + Math.max(jitterMs, lateMs) > now;
  const dueAt = isOpen ? latest : times.next(Math.max(after, now));
  const from = Math.max(dueAt, now);
  const isKept = before !== null && before.dueAt === dueAt && before.at > now;
  return {
    passed: passedBetween(times, after, isOpen ? latest - SECOND : now),
    next: isKept ? before : { dueAt, at: within(from, Math.max(from, dueAt + jitterMs)) },
  };
}

function passedBetween(times: Times, after: Instant, until: Instant): Passed | null {
  let nights = 0;
  for (let at = times.next(after); at <= until && nights < COUNTED; at = times.next(at)) nights++;
  return nights === 0 ? null : { nights, lastDueAt: times.latest(until) };
}
