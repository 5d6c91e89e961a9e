import { LATE_MS, settledBy } from '../domain/expected.ts';
import { DAY, type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { type ConcludedRun, nightOf } from '../night/night-of.ts';
import type { Night } from '../night/ports.ts';
import type { Clock } from '../sweep/ports.ts';
import {
  type Passed,
  type Plan,
  type PlannedNight,
  type PlanOptions,
  type PlanParts,
  planNights,
} from './plan.ts';
import type { ScheduleState, Stops } from './ports.ts';

/** What there is to tell. Nights that were left out or missed come with what is done about them. */
export type ScheduleEvent =
  | { readonly kind: 'planned'; readonly next: PlannedNight }
  /**
   * At the start: there is no sweep of them on record, whether nothing was running or what ran could not begin one. Later
   * the machine slept, or its clock was set. `madeUp`: one night makes up for all of them, now.
   */
  | {
      readonly kind: 'missed';
      readonly atStart: boolean;
      readonly passed: Passed;
      readonly madeUp: boolean;
      readonly next: PlannedNight;
    }
  /** The night before took until then. */
  | { readonly kind: 'overlapped'; readonly passed: Passed; readonly next: PlannedNight }
  /** The clock was set back, and another night is the next one now. */
  | { readonly kind: 'set_back'; readonly byMs: number; readonly next: PlannedNight }
  | { readonly kind: 'begun'; readonly dueAt: Instant }
  /** `error` is what it threw, if it did. `next`: null when it was stopped meanwhile. */
  | {
      readonly kind: 'ended';
      readonly dueAt: Instant;
      readonly night: Night;
      readonly error: unknown;
      readonly next: PlannedNight | null;
    };

export interface SchedulerDeps extends PlanParts {
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: boolean;
  readonly clock: Clock;
  /** When the last night on record began; null: there was none. */
  readonly lastBeganAt: Instant | null;
  readonly tell: (event: ScheduleEvent) => void;
  /** Runs a night to its end; whatever it throws, the next one is run. */
  readonly runNight: (stops: Stops) => Promise<ConcludedRun>;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

export interface Scheduler {
  state(): ScheduleState;
  /**
   * Runs nights until it is stopped. Resolves to the night that was in hand then; null: none was.
   */
  run(stops: Stops): Promise<Night | null>;
}

/** How long it sleeps at a time: a machine that was suspended, or a clock that was set, is noticed by then. */
const LOOK_EVERY_MS = MINUTE;
/** A clock that goes back by less is only being trimmed. */
const TRIMMED_MS = SECOND;
/** A clock that goes back by more was wrong before, and so is what was done by it. */
const WRONG_MS = DAY;

/** It owns no timer and knows no clock but the one that it is given. */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { clock, tell } = deps;
  let next: PlannedNight | null = null;
  let runningSince: Instant | null = null;
  let last: Night | null = null;
  /** No night that was due until here is run any more. */
  let settledUntil: Instant = Number.NEGATIVE_INFINITY;
  /** The same of those that were run. */
  let ranUntil: Instant = Number.NEGATIVE_INFINITY;

  /** Plans anew, and keeps what still holds; what has passed is over. */
  function plan(options: PlanOptions = {}): Plan {
    const now = clock.now();
    if (settledUntil - now > WRONG_MS) settledUntil = now;
    const planned = planNights(deps, settledUntil, now, options);
    if (planned.passed !== null) settledUntil = planned.passed.lastDueAt;
    return planned;
  }

  /** The next night, where others have passed unseen: perhaps one that makes up for them. */
  function afterMissed({ passed, next: following }: Plan, atStart: boolean): PlannedNight {
    if (passed === null) return following;
    const now = clock.now();
    // Where the time of another one has come, that one does what there is to do.
    const madeUp = deps.catchUp && following.dueAt > now;
    tell({ kind: 'missed', atStart, passed, madeUp, next: following });
    return madeUp ? { dueAt: passed.lastDueAt, at: now } : following;
  }

  /** A restart in the very moment of a night is as good as having been late for it. */
  function planStart(): PlannedNight {
    const { lastBeganAt, times, jitterMs } = deps;
    const now = clock.now();
    const last = lastBeganAt ?? now;
    // One by hand or by a timer shortly before it was due was that night, unless that is still to come.
    settledUntil = Math.max(last, Math.min(now, settledBy(times.next, jitterMs, last)));
    ranUntil = settledUntil;
    const planned = plan({ lateMs: LATE_MS });
    tell({ kind: 'planned', next: planned.next });
    return afterMissed(planned, true);
  }

  function planSetBack(before: PlannedNight, byMs: number): PlannedNight {
    // What was missed only because the clock had been ahead is to come again; what was run is not.
    settledUntil = Math.min(settledUntil, Math.max(ranUntil, clock.now()));
    const planned = plan({ before }).next;
    if (planned !== before) tell({ kind: 'set_back', byMs, next: planned });
    return planned;
  }

  /** Waits for its moment. A number: the clock went back by so many ms. */
  async function wait({ at }: PlannedNight, stop: AbortSignal): Promise<'due' | 'late' | number | 'stopped'> {
    let seen = clock.now();
    for (;;) {
      const now = clock.now();
      if (stop.aborted) return 'stopped';
      if (now < seen - TRIMMED_MS) return seen - now;
      if (now >= at) return now - at > LATE_MS ? 'late' : 'due';
      seen = now;
      await clock.sleep(Math.min(at - now, LOOK_EVERY_MS), stop).catch(() => {});
    }
  }

  async function runOne({ dueAt }: PlannedNight, stops: Stops): Promise<Night> {
    const startedAt = clock.now();
    settledUntil = Math.max(settledUntil, dueAt);
    ranUntil = settledUntil;
    next = planNights(deps, settledUntil, startedAt).next;
    runningSince = startedAt;
    tell({ kind: 'begun', dueAt });
    const { end, error } = await concluded(() => deps.runNight(stops));
    const night = nightOf({ startedAt, finishedAt: clock.now(), redact: deps.redact }, end);
    last = night;
    runningSince = null;
    if (stops.stop.aborted) {
      next = null;
      tell({ kind: 'ended', dueAt, night, error, next });
      return night;
    }
    const { passed, next: planned } = plan({ before: next });
    next = planned;
    tell({ kind: 'ended', dueAt, night, error, next });
    if (passed !== null) tell({ kind: 'overlapped', passed, next });
    return night;
  }

  /** What was planned when a night began tells nothing any more when that night is still at work then. */
  function nextAt(): Instant | null {
    const now = clock.now();
    if (next === null || next.at > now || runningSince === null) return next?.at ?? null;
    return deps.times.next(now);
  }

  return {
    state: () => ({
      cron: deps.cron,
      timeZone: deps.timeZone,
      nextAt: nextAt(),
      ...{ runningSince, last },
    }),
    run: async (stops) => {
      const { stop } = stops;
      let inHand: Night | null = null;
      for (next = planStart(); !stop.aborted; ) {
        const planned: PlannedNight = next;
        const what = await wait(planned, stop);
        if (what === 'due') {
          const night = await runOne(planned, stops);
          if (stop.aborted) inHand = night;
        } else if (what === 'late') next = afterMissed(plan(), false);
        else if (what !== 'stopped') next = planSetBack(planned, what);
      }
      next = null;
      return inHand;
    },
  };
}

async function concluded(
  run: () => Promise<ConcludedRun>,
): Promise<{ end: ConcludedRun | { thrown: unknown }; error: unknown }> {
  try {
    return { end: await run(), error: null };
  } catch (error) {
    return { end: { thrown: error }, error };
  }
}
