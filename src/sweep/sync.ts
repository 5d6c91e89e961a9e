import { EXIT, SourceError } from '../domain/errors.ts';
import { counted } from '../domain/text.ts';
import type { SweepDeps, SweepSettings } from './context.ts';
import type { Sync } from './ports.ts';
import type { RunInProgress } from './run.ts';

/**
 * Brings the mapping up to date before anything is selected by it. When that is not possible, nothing is closed by
 * policy: what we know of our own side may be old, and somebody may have been active since. Requests are served.
 *
 * A dry run writes nothing but its run and outcomes, so it only says what a real one would take first.
 */
export async function syncFirst(
  run: RunInProgress,
  { sync, log }: Pick<SweepDeps, 'sync' | 'log'>,
  { dryRun }: Pick<SweepSettings, 'dryRun'>,
): Promise<void> {
  if (sync === null) return;
  try {
    if (dryRun) await noteWaiting(run, sync);
    else await bringUpToDate(run, sync, log);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (dryRun) run.ending.note(`A real run would be refused: ${error.message}`);
    else {
      const sentence = `The mapping is not up to date, so nothing is closed by policy: ${error.message}`;
      run.ending.refuse({ guard: 'source_unread', sentence });
    }
  }
}

async function noteWaiting({ ending }: RunInProgress, sync: Sync): Promise<void> {
  const waiting = await sync.waiting(() => !ending.stopped);
  if (waiting === 0) return;
  ending.note(
    `A real run would first take ${counted(waiting, 'new or changed row')} of ${sync.name}, without which this may be wrong: nightsweep import mapping --from-source does that.`,
  );
}

async function bringUpToDate(run: RunInProgress, sync: Sync, log: SweepDeps['log']): Promise<void> {
  run.phase('syncing', 0);
  const synced = await sync.run(() => !run.ending.stopped);
  if (synced === null) return;
  run.synced = synced;
  log.info(synced.message);
  const { rejected } = synced.counts;
  if (rejected === 0) return;
  run.ending.include(
    EXIT.incomplete,
    `${rejected} ${rejected === 1 ? 'row' : 'rows'} of ${sync.name} ${rejected === 1 ? 'was' : 'were'} rejected: nightsweep import mapping --from-source --full lists them.`,
  );
}
