import { setImmediate as breathe } from 'node:timers/promises';
import { createDashboard, type Dashboard } from '../dashboard/dashboard.ts';
import type { BackgroundState, DashboardStore, ScheduleState } from '../dashboard/ports.ts';
import type { NightEnd } from '../domain/night.ts';
import { SECOND } from '../domain/time.ts';
import type { Turns } from '../serve/turns.ts';
import type { Context } from './command.ts';
import { zoneOfMachine } from './zone.ts';

export interface DashboardSources {
  readonly store: DashboardStore;
  readonly turns: Turns;
  readonly background: () => BackgroundState | null;
  readonly schedule: () => ScheduleState | null;
  /** The longest time between two nights of that schedule; null: there is none. */
  readonly everyMs: number | null;
  readonly lastNight: () => NightEnd | null;
}

const EVERY_MS = 5 * SECOND;

/** The dashboard of a server, in the time zone of the schedule, or else of this machine. */
export function serveDashboard(context: Context, sources: DashboardSources): Dashboard {
  const { store, turns, background, schedule, lastNight } = sources;
  const { io } = context;
  const { policy, requestMaxAgeMs, schedule: given, expectedEveryMs: expected } = context.config().config;
  // Who runs the nights knows better how often they come.
  const expectedEveryMs = sources.everyMs ?? expected;
  return createDashboard({
    ...{ store, background, schedule, lastNight, expectedEveryMs, requestMaxAgeMs },
    step: async (fn) => {
      await breathe();
      return turns.read(fn);
    },
    clock: io.clock,
    // Nights are spoken of in the zone that they are planned in.
    timeZone: given.timeZone ?? zoneOfMachine(),
    staleAfterMs: policy.staleAfterMs,
    isAlive: ({ host, pid }) => {
      // A process that has our number may be one before us, in a container; ours runs nights by its schedule only.
      const isOurs = host === io.host && pid === io.pid;
      return isOurs ? schedule()?.runningSince != null : io.isAlive(host, pid);
    },
    everyMs: EVERY_MS,
  });
}
