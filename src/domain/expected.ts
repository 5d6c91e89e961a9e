import { HOUR, type Instant, MINUTE, SECOND } from './time.ts';

/** A night that is expected, and what is taken for it. */
export interface DueNight {
  readonly dueAt: Instant;
  /** What begins from here on and before `before` is this night; of several, the one nearest to `dueAt`. */
  readonly from: Instant;
  readonly before: Instant;
  /** So long it may begin by plan; where another one is at work until then, it is left out. */
  readonly openUntil: Instant;
  /** From then on it is missing, if nothing has begun. */
  readonly missingFrom: Instant;
}

/** What nights are expected; the one thing that reports, the dashboard and doctor go by. */
export interface Expected {
  /** Null: at times that need not be evenly apart. */
  readonly everyMs: number | null;
  /** `every 1d`, `by 0 2 * * * (UTC)` */
  readonly inWords: string;
  /** When a night is due next by the clock, whatever has begun; null: that is a matter of when the one before began. */
  readonly next: ((after: Instant) => Instant) | null;
  /**
   * The night that is due next.
   * @param at when the one before began, or, if it never did, when it was due
   */
  after(at: Instant): DueNight;
}

/** How long after it was due a night is missing, as a share of the time between two nights. */
const LATE_SHARE = 1 / 4;

/** Nights that others begin: so long after one has begun, whenever that was, the next one is due. */
export function everySoOften(everyMs: number, inWords: string): Expected {
  return {
    ...{ everyMs, inWords, next: null },
    after: (at) => {
      const dueAt = at + everyMs;
      return {
        ...{ dueAt, from: dueAt - everyMs / 2, before: dueAt + everyMs / 2 },
        ...{ openUntil: dueAt, missingFrom: dueAt + LATE_SHARE * everyMs },
      };
    },
  };
}

/** A night of a schedule that is later than this, its jitter apart, does not begin by itself any more. */
export const LATE_MS = 5 * MINUTE;

/** So long before it is due a night may have begun at most: by a timer with times of its own, or by hand. */
const EARLY_MS = 3 * HOUR;

/**
 * Nights of a schedule: each lasts until the next one is due, however late it is made up for. What begins shortly before,
 * and nearer to it than to the one before, is that night too: where something else begins them than the schedule, its times
 * are not kept to the minute.
 */
export function atTimes(next: (after: Instant) => Instant, jitterMs: number, inWords: string): Expected {
  const early = (gapMs: number) => Math.min(EARLY_MS, Math.max(0, (gapMs - jitterMs) / 2));
  return {
    ...{ everyMs: null, inWords, next },
    after: (at) => {
      const dueAt = dueAfter(next, jitterMs, at);
      const following = next(dueAt);
      const openUntil = dueAt + jitterMs;
      return {
        ...{ dueAt, openUntil, missingFrom: openUntil + LATE_MS },
        from: dueAt - early(dueAt - at),
        before: following - early(following - dueAt),
      };
    },
  };
}

/** Whether what began at `at` was early for the night that is due next, at `dueAt`, rather than one of the night before. */
function isEarly(
  next: (after: Instant) => Instant,
  jitterMs: number,
  { at, dueAt }: { readonly at: Instant; readonly dueAt: Instant },
): boolean {
  const earlyMs = dueAt - at;
  // The one before, its jitter included, is not as near to it.
  return earlyMs <= EARLY_MS && next(at - earlyMs - jitterMs - SECOND) === dueAt;
}

/** When the night is due after the one that began at `at`, which may have been a little early. */
function dueAfter(next: (after: Instant) => Instant, jitterMs: number, at: Instant): Instant {
  const dueAt = next(at);
  return isEarly(next, jitterMs, { at, dueAt }) ? next(dueAt) : dueAt;
}

/** Until when nights of a schedule are over, for one that began at `at`: when it was due, if it was early. */
export function settledBy(next: (after: Instant) => Instant, jitterMs: number, at: Instant): Instant {
  const dueAt = next(at);
  return isEarly(next, jitterMs, { at, dueAt }) ? dueAt : at;
}

/** What is known of the time of a sweep. */
export interface Stay {
  readonly startedAt: Instant;
  /** Of one that died: when that was found out. */
  readonly finishedAt: Instant | null;
  /** Null: it died, or is still at work. */
  readonly exitCode: number | null;
}

/** A night goes on for a while after its sweep: files are written, and somebody is told. */
const AFTERMATH_MS = MINUTE;

/** Whether this sweep was at work for so long that another night could not begin; what died may have done so at once. */
export function leavesOut(
  { startedAt, finishedAt, exitCode }: Stay,
  { dueAt, openUntil }: DueNight,
): boolean {
  if (finishedAt === null || exitCode === null) return false;
  return startedAt <= dueAt && openUntil <= finishedAt + AFTERMATH_MS;
}

/** Nights that are missing since the last sweep. */
export interface Overdue {
  readonly firstDueAt: Instant;
  /** {@link COUNTED} at most. */
  readonly nights: number;
}

/** Who asks for every minute and sleeps for a year is not told the exact number. */
export const COUNTED = 1_000;

/** @returns null: none is missing by now */
export function overdueSince(expected: Expected, last: Stay, now: Instant): Overdue | null {
  let firstDueAt: Instant | null = null;
  let nights = 0;
  for (
    let night = expected.after(last.startedAt);
    night.missingFrom <= now && nights < COUNTED;
    night = expected.after(night.dueAt)
  ) {
    if (leavesOut(last, night)) continue;
    firstDueAt ??= night.dueAt;
    nights++;
  }
  return firstDueAt === null ? null : { firstDueAt, nights };
}
