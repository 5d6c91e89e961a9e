import { setImmediate as breathe } from 'node:timers/promises';
import { createDashboard, type Dashboard } from '../dashboard/dashboard.ts';
import type { BackgroundState, DashboardStore, LastNight, ScheduleState } from '../dashboard/ports.ts';
import { SECOND } from '../domain/time.ts';
import type { Turns } from '../serve/turns.ts';
import type { Context } from './command.ts';

export interface DashboardSources {
  readonly store: DashboardStore;
  readonly turns: Turns;
  readonly background: () => BackgroundState | null;
  readonly schedule: () => ScheduleState | null;
  readonly lastNight: () => LastNight | null;
}

const EVERY_MS = 5 * SECOND;

/** The dashboard of a server, in the time zone of the schedule, or else of this machine. */
export function serveDashboard(context: Context, sources: DashboardSources): Dashboard {
  const { store, turns, background, schedule, lastNight } = sources;
  const { io } = context;
  const { policy, expectedEveryMs, requestMaxAgeMs, schedule: given } = context.config().config;
  return createDashboard({
    ...{ store, background, schedule, lastNight, expectedEveryMs, requestMaxAgeMs },
    step: async (fn) => {
      await breathe();
      return turns.read(fn);
    },
    clock: io.clock,
    // Nights are spoken of in the zone that they are planned in.
    timeZone: given.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    staleAfterMs: policy.staleAfterMs,
    isAlive: ({ host, pid }) => io.isAlive(host, pid),
    everyMs: EVERY_MS,
  });
}
