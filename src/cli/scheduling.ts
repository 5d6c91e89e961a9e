import type { Config } from '../config/config.ts';
import { loadCredentials } from '../config/credentials.ts';
import { formatDuration } from '../config/duration.ts';
import { LEAST_EXPECTED_MS } from '../config/settings.ts';
import { UsageError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { ScheduleState } from '../schedule/ports.ts';
import { createScheduler, type Scheduler } from '../schedule/scheduler.ts';
import { createTimes, type Gaps, gapsOf, type Times } from '../schedule/times.ts';
import type { Context } from './command.ts';
import { sweepSettings } from './compose.ts';
import { runNight, watchersOf } from './night.ts';
import type { ProgressView } from './progress.ts';
import { createTeller } from './render/schedule.ts';
import { knownZone } from './zone.ts';

/** When nights are due by the settings in force, all of them checked. */
export interface ScheduleInForce extends Pick<ScheduleState, 'cron' | 'timeZone'> {
  readonly jitterMs: number;
  readonly catchUp: boolean;
  readonly times: Times;
  readonly gaps: Gaps;
}

/**
 * Null: no night is scheduled.
 * @throws UsageError for a time zone of this machine that nobody knows, and for a jitter that would mix two nights up
 */
export function scheduleInForce(context: Context): ScheduleInForce | null {
  const { cron, timeZone: given, jitterMs, catchUp } = context.config().config.schedule;
  if (cron === null) return null;
  const timeZone = given ?? demandZone();
  const times = createTimes(cron, timeZone);
  const gaps = gapsOf(times, context.io.clock.now());
  if (jitterMs >= gaps.shortestMs) {
    throw new UsageError(
      `schedule.jitter cannot be ${formatDuration(jitterMs)}, because schedule.cron (${cron.text}) has two nights only ${formatDuration(gaps.shortestMs)} apart; give a shorter duration.`,
    );
  }
  return { cron: cron.text, timeZone, jitterMs, catchUp, times, gaps };
}

/** The same for who cannot do without. */
export function demandSchedule(context: Context): ScheduleInForce {
  const inForce = scheduleInForce(context);
  if (inForce !== null) return inForce;
  throw new UsageError(
    'schedule.cron is not set, so there is no night to run; give it in nightsweep.yaml or as NIGHTSWEEP_SCHEDULE_CRON (schedule takes --cron, too), such as "30 2 * * *".',
  );
}

/**
 * The same, when nights are to be run. Whatever can be known now to be wrong is thrown now, and not at night: UsageError
 * for the schedule, for credentials that are not complete, and for who could not be told of nights.
 */
export function demandReady(context: Context): ScheduleInForce {
  const inForce = demandSchedule(context);
  loadCredentials(context.surroundings);
  watchersOf(context, true);
  for (const warning of contradictions(inForce, context.config().config)) context.log.warn(warning);
  return inForce;
}

export interface ScheduleParts {
  readonly inForce: ScheduleInForce;
  readonly lastBeganAt: Instant | null;
  /** Shows how far a night is. */
  readonly progress: () => ProgressView;
}

/** The scheduler as the settings have it. */
export function createSchedule(
  context: Context,
  { inForce, lastBeganAt, progress }: ScheduleParts,
): Scheduler {
  const { io, secrets } = context;
  const settings = sweepSettings(context.config().config);
  return createScheduler({
    ...inForce,
    ...{ lastBeganAt, clock: io.clock, random: io.random, redact: secrets.redact },
    tell: createTeller(context, inForce),
    runNight: async (interrupts) => {
      const view = progress();
      try {
        return await runNight(context, settings, interrupts, { progress: view }, false);
      } finally {
        view.end();
      }
    },
  });
}

/** So much earlier or later the report takes a night for the one that was expected. */
const EXPECTED_WITHIN = 1.5;

/** What the report would make of these nights: it knows of `expectedEvery` only. */
export function contradictions({ gaps }: ScheduleInForce, { expectedEveryMs }: Config): string[] {
  if (expectedEveryMs === null) return [];
  const expected = `expectedEvery is ${formatDuration(expectedEveryMs)}`;
  const longest = formatDuration(gaps.longestMs);
  if (gaps.longestMs > expectedEveryMs * EXPECTED_WITHIN) {
    return [
      `${expected}, but schedule.cron leaves up to ${longest} between two nights, so the report will call nights missing that were never due; set expectedEvery to ${longest}, or to none.`,
    ];
  }
  const shortestMs = Math.max(gaps.longestMs, LEAST_EXPECTED_MS);
  if (shortestMs * EXPECTED_WITHIN < expectedEveryMs) {
    const isLeast = shortestMs > gaps.longestMs;
    return [
      `${expected}, but schedule.cron leaves ${longest} at most between two nights, so the report will not notice when one is missing; set expectedEvery to ${formatDuration(shortestMs)}${isLeast ? ', the shortest there is' : ''}.`,
    ];
  }
  return [];
}

/** Nights at an hour that nobody meant are worse than none. */
function demandZone(): string {
  const timeZone = knownZone();
  if (timeZone !== null) return timeZone;
  throw new UsageError(
    'The time zone of this machine is not known (TZ); set schedule.timeZone to a name such as Europe/Berlin.',
  );
}
