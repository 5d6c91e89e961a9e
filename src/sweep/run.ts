import { EXIT, type ExitCode, ExpectedError } from '../domain/errors.ts';
import type { Counts, RequestFigures, RunKind, RunScope, RunState } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';
import { type Budget, createBudget } from './budget.ts';
import { createCloser } from './closer.ts';
import { conclude } from './conclude.ts';
import { type ConfirmEnd, createConfirmEnd } from './confirm-end.ts';
import type { Interrupts, Progress, SweepDeps, SweepSettings } from './context.ts';
import { createDryCloser } from './dry-closer.ts';
import { createEnding, type Ending, endBy, isRunEnding } from './ending.ts';
import { failFast } from './fail-fast.ts';
import { createFeed, type Feed } from './feed.ts';
import { createGate } from './gate.ts';
import { createHealth } from './health.ts';
import { listen } from './listen.ts';
import { createNarration } from './narration.ts';
import { createPool, type Pool } from './pool.ts';
import type { Synced } from './ports.ts';
import type { Recorder } from './recorder.ts';
import { recover } from './recover.ts';
import { createSendClose } from './send-close.ts';
import { createSettle, type Look } from './settle.ts';
import { createSettleEnded } from './settle-ended.ts';
import { createSurvey } from './survey.ts';
import { limitTime } from './time-limit.ts';
import { createUnconfirmedStreak } from './unconfirmed-streak.ts';

/** What a run reports when it has ended. */
export interface RunReport {
  readonly run: {
    readonly id: number;
    readonly kind: RunKind;
    readonly scope: RunScope;
    readonly state: RunState;
    readonly dryRun: boolean;
    readonly startedAt: Instant;
    readonly finishedAt: Instant;
  };
  readonly counts: Readonly<Counts>;
  readonly keptReasons: Readonly<Recorder['keptReasons']>;
  readonly requests: RequestFigures;
  /** What was read from the source first; null: nothing. */
  readonly synced: Synced | null;
  readonly exitCode: ExitCode;
  readonly message: string;
}

/** One run in progress: its row is open, its parts are wired. */
export interface RunInProgress {
  readonly id: number;
  readonly startedAt: Instant;
  readonly ending: Ending;
  readonly counts: Counts;
  readonly pool: Pool;
  readonly feed: Feed;
  readonly budget: Budget;
  synced: Synced | null;
  recover(): Promise<void>;
  readonly confirmEnd: ConfirmEnd;
  phase(phase: Progress['phase'], total: number): void;
}

/** Conversations in hand beyond those whose requests are under way. */
const READY = 3;

/** Waiting closes hold little; beyond this nothing new is begun until some are verified. */
const MOST_VERIFYING = 200;

/**
 * Opens a run, lets `steps` do it, and concludes it whatever happens: an error that ends a run in good order becomes
 * its exit code, any other is written to the run's row and thrown on.
 */
export async function execute(
  deps: SweepDeps,
  settings: SweepSettings,
  what: { kind: RunKind; scope: RunScope },
  interrupts: Interrupts,
  steps: (run: RunInProgress) => Promise<void>,
  onPage: (run: RunInProgress) => Promise<void>,
  budget: Budget = createBudget(settings.maxCloses),
): Promise<RunReport> {
  const requestsBefore = deps.remote.figures();
  await signIn(deps, interrupts);
  const startedAt = deps.clock.now();
  const { dryRun, policy } = settings;
  const id = deps.runs.begin({ ...what, dryRun, policy, startedAt, ...deps.identity });
  const ending = createEnding();
  const health = createHealth();
  const closeHealth = createHealth();
  const work = failFast(deps.work, ending.abandon);
  const ledger = failFast(deps.ledger, ending.abandon);
  const { phase, recorder } = createNarration({ ...deps, ledger }, id, dryRun);
  // Each conversation has one request under way at a time; some more are in hand so that one is always ready.
  const useful = () => deps.remote.usefulInFlight() + READY;
  const pool = createPool(settings.concurrency, MOST_VERIFYING, useful);
  const { verifyForMs, conversationDeadlineMs } = settings;
  const parts = {
    ...deps,
    ...{ work, ledger, runId: id, recorder, ending, health, verifyForMs, conversationDeadlineMs },
  };
  const closer = dryRun
    ? createDryCloser(deps.clock)
    : createCloser({
        ...parts,
        send: createSendClose(deps.api, closeHealth, ending),
        streak: createUnconfirmedStreak(ending),
        policy,
        budget,
        onBudgetUsedUp: () =>
          ending.exhaust(
            `The budget of ${settings.maxCloses} closes (maxCloses) is used up; run again for more.`,
          ),
      });
  const gate = createGate({ ...parts, expectOrganization: settings.expectOrganization, dryRun });
  const settle = createSettle({ ...parts, ...settings, closer, gate });
  const survey = createSurvey({
    api: settings.survey ? deps.survey : null,
    clock: deps.clock,
    deadlineMs: conversationDeadlineMs,
    log: deps.log,
    signal: ending.signal,
    onSurveyed: (n) => {
      recorder.counts.surveyed += n;
    },
  });
  let unrecovered = 0;

  const run: RunInProgress = {
    id,
    startedAt,
    ending,
    counts: recorder.counts,
    pool,
    budget,
    synced: null,
    feed: createFeed({
      ...parts,
      pool,
      settle,
      settleEnded: createSettleEnded(parts),
      survey,
      settings,
      startedAt,
      onTake: (look: Look) => {
        if (look === 'request') recorder.counts.requested++;
      },
      onPage: () => onPage(run),
    }),
    recover: async () => {
      await recover(parts, pool);
      unrecovered = deps.ledger.intents().length;
    },
    confirmEnd: createConfirmEnd({ ...parts, gate }),
    phase,
  };

  const unlisten = listen(interrupts, ending);
  const unlimit = limitTime({ ...parts, ...settings, startedAt });
  try {
    await steps(run);
    await pool.idle();
  } catch (error) {
    if (!isRunEnding(error)) {
      ending.abandon();
      await pool.idle().catch(() => {});
      recordFailure(error);
      throw error;
    }
    endBy(error, ending);
    await pool.idle();
  } finally {
    unlisten();
    unlimit();
  }
  // Where the survey has settled some, the rest may well be the few that we are kept out of.
  const forbidden = recorder.counts.surveyed > 0 ? null : health.finalVerdict();
  for (const verdict of [forbidden, closeHealth.finalVerdict()]) {
    if (verdict !== null) ending.fail(verdict);
  }
  const { state, exitCode, message } = conclude({
    kind: what.kind,
    dryRun,
    counts: recorder.counts,
    ending,
    // Others' intents may belong to a run that goes on meanwhile.
    unread: unrecovered + deps.ledger.intents().filter(({ runId }) => runId === id).length,
    maxCloses: settings.maxCloses,
  });
  return finish(state, exitCode, message);

  /** A database that cannot be written to has already said so by the error that brought us here. */
  function recordFailure(error: unknown): void {
    const exitCode = error instanceof ExpectedError ? error.exitCode : EXIT.unexpected;
    try {
      finish('failed', exitCode, error instanceof Error ? error.message : String(error));
    } catch (second) {
      deps.log.warn('The run could not be marked as failed; the next run marks it as interrupted.', {
        error: String(second),
      });
    }
  }

  function finish(state: RunState, exitCode: ExitCode, message: string): RunReport {
    const finishedAt = deps.clock.now();
    const requests = since(requestsBefore, deps.remote.figures());
    const { counts, keptReasons } = recorder;
    deps.runs.finish(id, { state, counts, requests, exitCode, message, finishedAt });
    return {
      run: { id, ...what, state, dryRun, startedAt, finishedAt },
      counts,
      keptReasons,
      requests,
      synced: run.synced,
      exitCode,
      message,
    };
  }
}

/** Nothing is in hand yet, so an interrupt ends it at once; the run that is opened then does nothing and says so. */
async function signIn({ remote }: SweepDeps, { stop }: Interrupts): Promise<void> {
  try {
    if (!stop.aborted) await remote.signIn(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

function since(before: RequestFigures, after: RequestFigures): RequestFigures {
  const difference = { ...after };
  for (const key of Object.keys(after) as (keyof RequestFigures)[]) difference[key] -= before[key];
  return difference;
}
