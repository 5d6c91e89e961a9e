import type { Origin } from '../domain/close-request.ts';
import { SECOND } from '../domain/time.ts';
import type { Interrupts, SweepDeps, SweepSettings } from './context.ts';
import { execute, type RunReport } from './run.ts';
import { countUnserved, takeOver } from './sweep.ts';

/** What events have led to: requests to be served, and conversations that are only to be looked at, with the origin. */
export interface Batch {
  readonly closes: ReadonlySet<string>;
  readonly looks: ReadonlyMap<string, Origin>;
}

export interface ServedBatch {
  readonly report: RunReport;
  /** Those that were looked at and have not ended. */
  readonly stillActive: ReadonlySet<string>;
}

/** How long a batch takes things in hand, and how long it may finish them: no sweep waits for longer. */
export const BATCH_LIMITS = { maxDurationMs: 30 * SECOND, graceMs: 20 * SECOND };

/**
 * One run of kind `webhook` for these, under the lease; null when another holds it, or it is stopped before it has begun. What was asked for goes through the
 * same steps as in a sweep; what is only looked at cannot be closed by any of them.
 */
export async function serveBatch(
  deps: SweepDeps,
  settings: SweepSettings,
  { closes, looks }: Batch,
  interrupts: Interrupts,
): Promise<ServedBatch | null> {
  // Before the lease is taken: while no token can be had, nobody else has to wait.
  try {
    await deps.remote.signIn(interrupts.stop);
  } catch (error) {
    if (interrupts.stop.aborted) return null;
    throw error;
  }
  const release = deps.lease.acquire();
  if (release === null) return null;
  const stillActive = new Set<string>();
  try {
    const report = await execute(
      deps,
      {
        ...settings,
        ...BATCH_LIMITS,
        graceMs: Math.min(settings.graceMs, BATCH_LIMITS.graceMs),
        limit: null,
      },
      { kind: 'webhook', scope: 'requested' },
      interrupts,
      async (run) => {
        await takeOver(run, deps);
        run.phase('requests', closes.size + looks.size);
        await run.feed.requests(closes);
        for (const [id, origin] of looks) {
          if (run.ending.stopped) break;
          await run.pool.submit(async () => {
            if ((await run.confirmEnd(id, origin)) === 'active') stillActive.add(id);
          });
        }
        await run.pool.idle();
        countUnserved(run, deps, settings, closes);
      },
      async () => {},
    );
    return { report, stillActive };
  } finally {
    release();
  }
}
