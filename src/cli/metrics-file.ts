import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { UsageError } from '../domain/errors.ts';
import { routesOfSweep } from '../genesys/routes.ts';
import { inSteps } from '../metrics/cached.ts';
import type { NightWatcher } from '../night/ports.ts';
import type { Context } from './command.ts';
import { databasePath, openRecord } from './compose.ts';
import { demandNoDatabase, FOR_ALL, isSameFile, lookAt, outputFile, placeFor, write } from './files.ts';
import { readUnrecordedNight } from './last-night.ts';

/** What node_exporter's textfile collector looks for. */
const ENDING = '.prom';
/** How every file of ours begins. */
const OURS = '# HELP nightsweep_';
/** Ours is some 20 KiB; what is longer is somebody else's. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * The file that the setting `metricsFile` names, as one who watches over nights; nobody when it names none.
 *
 * @param isWhole false: a sweep of a part of the work, which is no night
 * @throws UsageError for a place where it could not be written, before anything else is done
 */
export async function metricsFile(context: Context, isWhole: boolean): Promise<readonly NightWatcher[]> {
  const { metricsFile: given, policy, requestMaxAgeMs, api } = context.config().config;
  if (given === null) return [];
  const { io, log, requests } = context;
  const own = databasePath(context);
  const place = placeFor(io, given);
  // Before anything looks into it: a server has its database open.
  demandNoDatabase(isSameFile(place, own) ? own : place, given, own);
  const path = outputFile(io, given);
  demandPlace(path, given);
  if (!path.endsWith(ENDING)) {
    log.warn(`The metrics file ${given} does not end with ${ENDING}, so node_exporter does not read it.`);
  }
  const { createNightFile } = await import('../metrics/night-file.ts');
  const file = createNightFile({
    textfile: basename(path, ENDING),
    read: () => readOwn(path, given),
    // Others' programs are to read it, and there is nothing in it that they must not know.
    write: (text) => write(path, text, { replace: true, mode: FOR_ALL }),
    figures: async () => {
      const store = openRecord(context, 'read');
      try {
        return await inSteps(store.metrics.figures(io.clock.now(), policy.staleAfterMs), breathe);
      } finally {
        store.close();
      }
    },
    unrecorded: () => readUnrecordedNight(own),
    onUnreadable: (error) => log.debug(`the metrics keep what they knew of the record: ${String(error)}`),
    routes: routesOfSweep(api),
    version: io.version,
    ...{ isWhole, requestMaxAgeMs, requests },
  });
  return [file];
}

function demandPlace(path: string, given: string): void {
  const found = lookAt(given, () => statSync(path, { throwIfNoEntry: false }));
  if (found?.isFile() && found.size > 0 && !readOwn(path, given).startsWith(OURS)) {
    throw new UsageError(
      `${given} is there and holds something else than metrics of nightsweep; remove it, or name another file.`,
    );
  }
  if (found !== undefined && !found.isFile()) {
    throw new UsageError(`${given} is no file; name one for the metrics, such as nightsweep${ENDING}.`);
  }
  const folder = dirname(path);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `${given} cannot be replaced, because ${folder} cannot be written to; permit that, or name another file.`,
      { cause: error },
    );
  }
}

/**
 * What is there; of something that is too long to be ours, nothing.
 * @throws UsageError for what cannot be read: taken for nothing, the last success in it would be lost
 */
function readOwn(path: string, given: string): string {
  return lookAt(given, () => {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 || size > LONGEST_BYTES) return '';
    return readFileSync(path, 'utf8');
  });
}
