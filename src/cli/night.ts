import type { NightWatcher } from '../night/ports.ts';
import { watched } from '../night/watched.ts';
import type { Store } from '../store/store.ts';
import type { Interrupts, SweepSettings } from '../sweep/context.ts';
import type { RunReport } from '../sweep/run.ts';
import { sweep } from '../sweep/sweep.ts';
import type { Context } from './command.ts';
import { connect, databasePath, openRecord, sweepDeps } from './compose.ts';
import { lastNightKeeper } from './last-night.ts';
import { metricsFile } from './metrics-file.ts';
import { notifiers } from './notifications.ts';

export interface NightParts {
  /** Whether somebody may be asked, where there is a terminal. */
  readonly isAttended: boolean;
  /** Opens the record; it is closed at the end. */
  readonly open: () => Store;
}

/**
 * One sweep from end to end: it connects, opens the record, sweeps, and tells whoever watches over the nights. Throws
 * what ends a sweep before it has a run: UsageError, AuthError, UnavailableError, LeaseHeldError, DatabaseError.
 */
export async function runNight(
  context: Context,
  settings: SweepSettings,
  interrupts: Interrupts,
  watch: Parameters<typeof sweepDeps>[3],
  { isAttended = true, open = () => openRecord(context, 'write') }: Partial<NightParts> = {},
): Promise<RunReport> {
  const night = async () => {
    const client = await connect(context, interrupts.abort);
    try {
      const store = open();
      try {
        const deps = sweepDeps(context, store, client, watch);
        return await sweep(isAttended ? deps : { ...deps, confirm: null }, settings, interrupts);
      } finally {
        store.close();
      }
    } finally {
      await client.close();
    }
  };
  // A dry run is for the person who asked for it; it says nothing about whether the nights go well.
  if (settings.dryRun) return night();
  const { clock } = context.io;
  const { redact } = context.secrets;
  const isWhole = settings.limit === null && !settings.onlyRequested;
  return watched({ clock, log: context.log, watchers: watchersOf(context, isWhole), redact }, night);
}

/**
 * Everybody whom the settings name. Throws UsageError for who could not be told.
 *
 * @param isWhole false: a sweep of a part of the work, which is no night
 */
export function watchersOf(context: Context, isWhole: boolean): readonly NightWatcher[] {
  const metrics = metricsFile(context);
  return [
    ...notifiers(context, isWhole),
    ...(metrics === null ? [] : [metrics]),
    ...(isWhole ? [lastNightKeeper(databasePath(context))] : []),
  ];
}
