import { isFromPerson } from '../domain/close-request.ts';
import { policyWidened, type Refusal, unusualVolume } from '../domain/guard.ts';
import type { RunKind } from '../domain/run.ts';
import type { Interrupts, SweepDeps, SweepSettings } from './context.ts';
import { endBy } from './ending.ts';
import { execute, type RunInProgress, type RunReport } from './run.ts';
import { syncFirst } from './sync.ts';
import { takeLease } from './take-lease.ts';

/** How many nights a night is compared with. */
const BASELINE_RUNS = 14;
/** Requests taken over at a time from those who came after their conversation was looked at. */
const LATE_REQUESTS = 50;

/**
 * One pass of the job: lease, recover, sync, guard, requests, due mappings, watched ones, conclusion.
 *
 * Throws LeaseHeldError at once when another run holds the lease, unless it is a short batch of webhooks. A dry run needs
 * no lease: it closes nothing.
 */
export async function sweep(
  deps: SweepDeps,
  settings: SweepSettings,
  interrupts: Interrupts,
): Promise<RunReport> {
  const release = settings.dryRun ? () => {} : await takeLease(deps, interrupts.stop);
  try {
    const scope = settings.onlyRequested ? 'requested' : settings.limit === null ? 'full' : 'limited';
    return await execute(
      deps,
      settings,
      { kind: 'sweep', scope },
      interrupts,
      (run) => sweepSteps(run, deps, settings, interrupts),
      (run) => serveLate(run, deps, settings, interrupts),
    );
  } finally {
    release();
  }
}

async function sweepSteps(
  run: RunInProgress,
  deps: SweepDeps,
  settings: SweepSettings,
  interrupts: Interrupts,
): Promise<void> {
  const { counts, pool, ending } = run;
  const cutoff = run.startedAt - settings.policy.staleAfterMs;
  const due = { cutoff, now: run.startedAt, runId: run.id };
  try {
    if (!settings.dryRun) await takeOver(run, deps);
    if (!settings.onlyRequested) {
      await syncFirst(run, deps, settings);
      counts.candidates = deps.work.countDue(due);
      counts.resting = deps.work.countResting(due);
      if (!run.ending.refused) await guard(run, deps, settings);
    }
    await takeInHand(run, deps, settings, interrupts);
  } catch (error) {
    endBy(error, ending);
  }
  await pool.idle();
  counts.left = deps.work.countLeft({ ...due, cutoff: settings.onlyRequested ? null : cutoff });
  ending.leaveRest(counts.left + counts.notAttempted, settings);
}

/** Requests first, then what is due, then what ended lately, then what others have asked for meanwhile. */
async function takeInHand(
  run: RunInProgress,
  deps: SweepDeps,
  settings: SweepSettings,
  interrupts: Interrupts,
): Promise<void> {
  const { counts, feed, pool } = run;
  const requested = deps.work.countRequests(run.id);
  run.phase('requests', requested);
  await feed.requests(null);
  if (!settings.onlyRequested) {
    const most = settings.limit ?? Number.POSITIVE_INFINITY;
    run.phase('sweeping', Math.min(requested + counts.candidates, most));
    await feed.due();
    await pool.idle();
    if (!run.ending.stopped) {
      run.phase('watching', counts.inspected);
      await feed.watched();
    }
  }
  await pool.idle();
  // Somebody may have asked while the last page was in hand.
  await feed.requests(null);
  await pool.idle();
  await serveLate(run, deps, settings, interrupts);
}

/**
 * A run of its own for these requests, in the order in which they came. The caller holds the lease.
 *
 * @param within the lease is held for another run of this process, whose intents are its own business
 */
export function serveRequests(
  deps: SweepDeps,
  settings: SweepSettings,
  conversationIds: ReadonlySet<string>,
  interrupts: Interrupts,
  within: RunInProgress | null = null,
  kind: RunKind = 'close',
): Promise<RunReport> {
  return execute(
    deps,
    settings,
    { kind, scope: 'requested' },
    interrupts,
    async (run) => {
      if (within === null) await takeOver(run, deps);
      run.phase('requests', conversationIds.size);
      await run.feed.requests(conversationIds);
      await run.pool.idle();
      countUnserved(run, deps, settings, conversationIds);
    },
    async () => {},
    within?.budget,
  );
}

/** Of these requests, those that the run leaves. */
export function countUnserved(
  run: RunInProgress,
  deps: Pick<SweepDeps, 'work'>,
  settings: SweepSettings,
  conversationIds: ReadonlySet<string>,
): void {
  run.counts.left = [...conversationIds].filter((id) => {
    const { request, intendedAt } = deps.work.known(id);
    return request !== null && intendedAt === null && !deps.work.isDone(run.id, id);
  }).length;
  run.ending.leaveRest(run.counts.left, settings);
}

/** What a holder that died has left: its run, and its intents. */
export async function takeOver(run: RunInProgress, deps: SweepDeps): Promise<void> {
  for (const dead of deps.runs.interruptDead(run.id, deps.clock.now(), deps.isAlive)) {
    deps.log.warn(`Run ${dead} was interrupted; finding out what became of its closes.`);
  }
  run.phase('recovering', deps.ledger.intents().length);
  await run.recover();
}

/**
 * Requests for conversations that this run has already looked at get a run of their own, between pages: a run
 * records one outcome for each conversation.
 */
async function serveLate(
  run: RunInProgress,
  deps: SweepDeps,
  settings: SweepSettings,
  interrupts: Interrupts,
): Promise<void> {
  if (settings.dryRun || run.ending.stopped) return;
  const late = deps.work.lateRequests(run.id, LATE_REQUESTS);
  if (late.length === 0) return;
  const ids = new Set(late.map((request) => request.conversationId));
  const { maxDurationMs } = settings;
  const timeLeft =
    maxDurationMs === null ? null : Math.max(0, run.startedAt + maxDurationMs - deps.clock.now());
  const report = await serveRequests(
    deps,
    { ...settings, limit: null, maxDurationMs: timeLeft },
    ids,
    interrupts,
    run,
    // Where nobody waits for an answer, one that was kept is no failure.
    late.some(isFromPerson) ? 'close' : 'webhook',
  );
  run.ending.include(
    report.exitCode,
    `Run ${report.run.id}, for requests that came meanwhile: ${report.message}`,
  );
  deps.log.info(`Run ${report.run.id} served ${ids.size} requests that came meanwhile: ${report.message}`);
}

/** Guards (a) and (b), before the first read. */
async function guard(run: RunInProgress, deps: SweepDeps, settings: SweepSettings): Promise<void> {
  const nights = deps.runs.baselines(BASELINE_RUNS);
  const widened = settings.acceptPolicy ? null : policyWidened(nights[0]?.policy ?? null, settings.policy);
  const unusual = settings.acceptVolume
    ? null
    : unusualVolume(
        run.counts.candidates,
        nights.map((night) => night.counts.candidates),
      );
  for (const refusal of [widened, unusual]) {
    if (refusal === null) continue;
    if (settings.dryRun) run.ending.note(`A real run would be refused: ${refusal.sentence}`);
    else if (!(await accepted(refusal, deps))) run.ending.refuse(refusal);
  }
}

async function accepted(refusal: Refusal, deps: SweepDeps): Promise<boolean> {
  if (refusal.guard !== 'policy_widened' || deps.confirm === null) return false;
  return deps.confirm(`${refusal.sentence} Accept it now?`);
}
