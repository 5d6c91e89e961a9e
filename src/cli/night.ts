import { rethrow, type Unable } from '../config/notify-targets.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { NightWatcher } from '../night/ports.ts';
import { watched } from '../night/watched.ts';
import type { Interrupts, SweepSettings } from '../sweep/context.ts';
import type { RunReport } from '../sweep/run.ts';
import { sweep } from '../sweep/sweep.ts';
import type { Context } from './command.ts';
import { connect, databasePath, openRecord, sweepDeps } from './compose.ts';
import { lastNightKeeper } from './last-night.ts';
import { metricsFile } from './metrics-file.ts';
import { notifiers } from './notifications.ts';

/**
 * One sweep from end to end: it connects, opens the record, sweeps, and tells whoever watches over the nights. Throws
 * what ends a sweep before it has a run: UsageError, AuthError, UnavailableError, LeaseHeldError, DatabaseError.
 *
 * @param isAttended whether somebody may be asked, where there is a terminal
 */
export async function runNight(
  context: Context,
  settings: SweepSettings,
  interrupts: Interrupts,
  watch: Parameters<typeof sweepDeps>[3],
  isAttended = true,
): Promise<RunReport> {
  const night = async () => {
    const client = await connect(context, interrupts.abort);
    try {
      const store = openRecord(context, 'write');
      try {
        const deps = await sweepDeps(context, store, client, watch);
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
  const watchers = await watchersOf(context, isWhole, isAttended ? rethrow : goOnWithout(context));
  return watched({ clock, log: context.log, watchers, redact }, night);
}

type WatchersOf = (context: Context, isWhole: boolean, unable: Unable) => Promise<readonly NightWatcher[]>;

const WATCHERS: readonly WatchersOf[] = [
  notifiers,
  metricsFile,
  async (context, isWhole) => (isWhole ? [lastNightKeeper(databasePath(context))] : []),
];

/**
 * Everybody whom the settings name and who can be told.
 *
 * @param isWhole false: a sweep of a part of the work, which is no night
 * @param unable is given what keeps one of them from being told; by itself it is thrown: UsageError
 */
export async function watchersOf(
  context: Context,
  isWhole: boolean,
  unable: Unable = rethrow,
): Promise<readonly NightWatcher[]> {
  const watchers: NightWatcher[] = [];
  for (const make of WATCHERS) {
    try {
      watchers.push(...(await make(context, isWhole, unable)));
    } catch (error) {
      unable(error);
    }
  }
  return watchers;
}

/**
 * Where all could be told at the start, a file that has gone since is no reason to leave a night out, nor to keep it from the
 * others; and neither is a bug.
 */
const goOnWithout =
  ({ log }: Context): Unable =>
  (error) => {
    const why = error instanceof Error ? error.message : String(error);
    const how = error instanceof ExpectedError ? '' : 'unexpected error, which is a bug: ';
    log.warn(`The night goes on without it: ${how}${why}`);
    if (how !== '' && error instanceof Error) log.debug(error.stack ?? why);
  };
