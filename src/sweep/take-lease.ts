import { LeaseHeldError } from '../domain/errors.ts';
import { MINUTE, SECOND, toIso } from '../domain/time.ts';
import type { SweepDeps } from './context.ts';
import type { RunStore } from './ports.ts';

/** Several times within the rest that a server leaves between two batches. */
const POLL_MS = SECOND / 5;
/** A batch is over by then (`BATCH_LIMITS`). */
const LONGEST_BATCH_MS = MINUTE;
/** Between taking the lease and opening the run, and between closing it and giving the lease back. */
const LONGEST_UNNAMED_MS = SECOND;

/**
 * Takes the lease, or says who holds it. A batch of webhooks holds it for seconds, so that is waited for; anything else
 * is not.
 */
export async function takeLease(
  { lease, runs, clock }: Pick<SweepDeps, 'lease' | 'runs' | 'clock'>,
  stop: AbortSignal,
): Promise<() => void> {
  const since = clock.now();
  let unnamedMs = 0;
  for (;;) {
    const release = lease.acquire();
    if (release !== null) return release;
    const kind = runs.running()?.kind ?? null;
    unnamedMs = kind === null ? unnamedMs + POLL_MS : 0;
    const isShort = kind === 'webhook' || (kind === null && unnamedMs <= LONGEST_UNNAMED_MS);
    if (!isShort || stop.aborted || clock.now() - since >= LONGEST_BATCH_MS) {
      throw new LeaseHeldError(`Another run holds the lease: ${holder(runs)}; wait for it, or stop it.`);
    }
    await clock.sleep(POLL_MS, stop).catch(() => {});
  }
}

/** `run 12 (sweep, host web-1, process 4711, since …)`. */
export function holder(runs: Pick<RunStore, 'running'>): string {
  const run = runs.running();
  return run === null
    ? 'one that is just starting or ending, or a db prune'
    : `run ${run.id} (${run.kind}, host ${run.host}, process ${run.pid}, since ${toIso(run.startedAt)})`;
}
