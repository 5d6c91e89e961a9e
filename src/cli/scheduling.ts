import { loadCredentials } from '../config/credentials.ts';
import { formatDuration } from '../config/duration.ts';
import type { LoadedConfig } from '../config/load.ts';
import { UsageError } from '../domain/errors.ts';
import { everySoOften } from '../domain/expected.ts';
import type { Instant } from '../domain/time.ts';
import type { ScheduleState } from '../schedule/ports.ts';
import { createScheduler, type Scheduler } from '../schedule/scheduler.ts';
import { createTimes, type Gaps, gapsOf, type Times } from '../schedule/times.ts';
import type { Context } from './command.ts';
import { loadForSweeps, sweepSettings } from './compose.ts';
import { runNight, watchersOf } from './night.ts';
import { loadForViews, type ProgressView } from './progress.ts';
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
 * @throws UsageError when no night is scheduled, for a time zone of this machine that nobody knows, and for a jitter that
 * would mix two nights up
 */
export function demandSchedule(context: Context): ScheduleInForce {
  const { cron, timeZone: given, jitterMs, catchUp } = context.config().config.schedule;
  if (cron === null) {
    throw new UsageError(
      'schedule.cron is not set, so there is no night to run; give it in nightsweep.yaml or as NIGHTSWEEP_SCHEDULE_CRON (schedule takes --cron, too), such as "30 2 * * *".',
    );
  }
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

/**
 * The same, when nights are to be run. Whatever can be known now to be wrong is thrown now, and not at night: UsageError
 * for the schedule, for credentials that are not complete, and for who could not be told of nights.
 */
export async function demandReady(context: Context): Promise<ScheduleInForce> {
  const inForce = demandSchedule(context);
  loadCredentials(context.surroundings);
  await watchersOf(context, true);
  await loadForSweeps(context);
  await loadForViews(context);
  for (const warning of contradictions(inForce, context.config())) context.log.warn(warning);
  return inForce;
}

export interface ScheduleParts {
  readonly inForce: ScheduleInForce;
  readonly lastBeganAt: Instant | null;
  /** Shows how far a night is. */
  readonly progress: () => ProgressView | Promise<ProgressView>;
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
      const view = await progress();
      try {
        return await runNight(context, settings, interrupts, { progress: view }, false);
      } finally {
        view.end();
      }
    },
  });
}

/** Two nights that begin closer to each other than this share of `expectedEvery` may both be taken for one. */
const TOLD_APART = 2 / 3;

/** What would be made of these nights by an `expectedEvery` that somebody has given, which comes before the schedule. */
export function contradictions(
  { gaps, jitterMs }: ScheduleInForce,
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
): string[] {
  const everyMs = config.expectedEveryMs;
  if (everyMs === null || origins.expectedEvery === 'default') return [];
  const expected = `expectedEvery is ${formatDuration(everyMs)}`;
  const remedy = 'leave expectedEvery out, and the times of the schedule are what is expected';
  const longestMs = gaps.longestMs + jitterMs;
  if (longestMs > everySoOften(everyMs, expected).after(0).missingFrom) {
    return [
      `${expected}, but schedule.cron leaves up to ${formatDuration(longestMs)} between two nights, so some will be called missing that were never due; ${remedy}.`,
    ];
  }
  if (gaps.shortestMs < everyMs * TOLD_APART) {
    return [
      `${expected}, but schedule.cron has two nights only ${formatDuration(gaps.shortestMs)} apart, so not all that are missing will be noticed; ${remedy}.`,
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
