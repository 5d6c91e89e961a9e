import { setImmediate as breathe } from 'node:timers/promises';
import { createDashboard, type Dashboard } from '../dashboard/dashboard.ts';
import type { BackgroundState, DashboardStore, ScheduleState } from '../dashboard/ports.ts';
import type { NightEnd } from '../domain/night.ts';
import type { Run } from '../domain/run.ts';
import { SECOND } from '../domain/time.ts';
import type { Turns } from '../serve/turns.ts';
import type { Context } from './command.ts';
import { expectedNights } from './expected.ts';
import { nameOf } from './installation.ts';
import { lifeOf } from './life.ts';
import { zoneOfNights } from './zone.ts';

export interface DashboardSources {
  readonly store: DashboardStore;
  readonly turns: Turns;
  readonly background: () => BackgroundState | null;
  readonly schedule: () => ScheduleState | null;
  readonly lastNight: () => NightEnd | null;
  /** Whether anybody can send this server events or requests. */
  readonly isFed: boolean;
}

const EVERY_MS = 5 * SECOND;

/** This process runs batches in the background, and nights by its schedule only, which begin before their runs. */
function isOurs(
  { kind, startedAt }: Run,
  { background, schedule }: Pick<DashboardSources, 'background' | 'schedule'>,
): boolean {
  if (kind === 'webhook') return background()?.phase === 'working';
  const since = schedule()?.runningSince ?? null;
  return since !== null && since <= startedAt;
}

/** The dashboard of a server, in the time zone of the schedule, or else of this machine. */
export async function serveDashboard(context: Context, sources: DashboardSources): Promise<Dashboard> {
  const { store, turns, background, schedule, lastNight, isFed } = sources;
  const { io } = context;
  const { db, policy, requestMaxAgeMs } = context.config().config;
  return createDashboard({
    ...{ store, background, schedule, lastNight, isFed, db, requestMaxAgeMs },
    expected: await expectedNights(context),
    step: async (fn) => {
      await breathe();
      return turns.read(fn);
    },
    clock: io.clock,
    timeZone: zoneOfNights(context),
    staleAfterMs: policy.staleAfterMs,
    lifeOf: (run) => lifeOf(run, io, isOurs(run, { background, schedule })),
    name: nameOf(context),
    everyMs: EVERY_MS,
  });
}
