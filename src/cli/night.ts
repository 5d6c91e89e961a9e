import type { NightWatcher } from '../night/ports.ts';
import { watched } from '../night/watched.ts';
import type { Interrupts, SweepSettings } from '../sweep/context.ts';
import type { RunReport } from '../sweep/run.ts';
import { sweep } from '../sweep/sweep.ts';
import type { Context } from './command.ts';
import { connect, openRecord, sweepDeps } from './compose.ts';
import { metricsFile } from './metrics-file.ts';
import { notifiers } from './notifications.ts';

/**
 * One sweep from end to end: it connects, opens the record, sweeps, and tells whoever watches over the nights. Throws
 * what ends a sweep before it has a run: UsageError, AuthError, UnavailableError, LeaseHeldError, DatabaseError.
 */
export async function runNight(
  context: Context,
  settings: SweepSettings,
  interrupts: Interrupts,
  watch: Parameters<typeof sweepDeps>[3],
): Promise<RunReport> {
  const night = async () => {
    const client = await connect(context, interrupts.abort);
    try {
      const store = openRecord(context, 'write');
      try {
        return await sweep(sweepDeps(context, store, client, watch), settings, interrupts);
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
function watchersOf(context: Context, isWhole: boolean): readonly NightWatcher[] {
  const metrics = metricsFile(context);
  return [...notifiers(context, isWhole), ...(metrics === null ? [] : [metrics])];
}
