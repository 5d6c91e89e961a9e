import { EXIT, type ExitCode, ExpectedError, interruptExit, worstExit } from '../domain/errors.ts';
import { UNSETTLED } from '../domain/outcome.ts';
import type { Client } from '../genesys/client.ts';
import type { Store } from '../store/store.ts';
import type { Interrupts } from '../sweep/context.ts';
import { type Answer, serveOrWait } from '../sweep/handover.ts';
import type { Context } from './command.ts';
import { connect, sweepDeps, sweepSettings } from './compose.ts';
import { listenAloud } from './interrupts.ts';
import { createProgressView } from './progress.ts';
import { runJson } from './render/run.ts';

/** What became of close requests that somebody waits for. */
export interface ServedNow {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly exitCode: ExitCode;
  readonly message: string;
  /** The public object of `close --json`, in the order of `ids`. */
  json(ids: readonly string[]): object;
}

/**
 * Gets close requests served at once: by a run of our own, or by the sweep that holds the lease. How many may be
 * closed is what was asked for, so the budget of sweeps does not apply.
 *
 * @param record records the requests; called when it is certain that serving them can begin
 */
export async function serveNow(
  context: Context,
  store: Store,
  conversationIds: readonly string[],
  record: () => void,
): Promise<ServedNow> {
  const { interrupts, unlisten } = listenAloud(context);
  const client = await connect(context, interrupts.abort);
  const progress = await createProgressView(context);
  try {
    await signIn(client, interrupts);
    const before = countOutcomes(store, conversationIds);
    record();
    const requests = new Map(conversationIds.map((id) => [id, newestRequest(store, id)] as const));
    const settings = { ...sweepSettings(context.config().config), maxCloses: Number.POSITIVE_INFINITY };
    const deps = await sweepDeps(context, store, client, { progress });
    const findAnswer = (requestId: number, conversationId: string) =>
      findAnswerIn(store, requestId, conversationId, before.get(conversationId) ?? 0);
    const { report, answers } = await serveOrWait(deps, settings, requests, findAnswer, interrupts);

    const closed = [...answers.values()].filter(isClosed).length;
    const codes: ExitCode[] = [report?.exitCode ?? EXIT.ok];
    if (closed < requests.size) codes.push(EXIT.incomplete);
    if (interrupts.stop.aborted && answers.size < requests.size) {
      codes.push(interruptExit(interrupts.stop));
    }
    const exitCode = worstExit(codes);
    const message =
      report?.message ?? `${closed} of ${requests.size} closed by the run that holds the lease.`;
    const runId = report?.run.id ?? [...answers.values()][0]?.runId;
    const run = runId === undefined ? null : store.report.run(runId);
    return {
      answers,
      exitCode,
      message,
      json: (order) => ({
        run: run === null ? null : runJson(run),
        results: order.map((id) => resultJson(id, answers.get(id) ?? null)),
        exitCode,
        message,
      }),
    };
  } finally {
    progress.end();
    await client.close();
    unlisten();
  }
}

/** Nothing is in hand yet, so an interrupt ends it at once. */
async function signIn({ remote }: Client, interrupts: Interrupts): Promise<void> {
  try {
    await remote.signIn(interrupts.stop);
  } catch (error) {
    if (!interrupts.stop.aborted) throw error;
    throw new ExpectedError('Interrupted; run again to go on.', interruptExit(interrupts.stop));
  }
}

function isClosed({ outcome }: Answer): boolean {
  return outcome === 'closed' || outcome === 'already_closed';
}

/** The number of outcomes each conversation has, so that an older one is never taken for the answer. */
function countOutcomes(store: Store, conversationIds: readonly string[]): Map<string, number> {
  return new Map(conversationIds.map((id) => [id, store.report.history(id).outcomes.length] as const));
}

function newestRequest(store: Store, conversationId: string): number {
  return Math.max(0, ...store.report.history(conversationId).requests.map(({ id }) => id));
}

/**
 * The outcome that settled the request, or that left it pending for a reason (failed, unconfirmed, not attempted).
 */
function findAnswerIn(
  store: Store,
  requestId: number,
  conversationId: string,
  before: number,
): Answer | null {
  const history = store.report.history(conversationId);
  const request = history.requests.find(({ id }) => id === requestId);
  if (request === undefined) return null;
  const { settledAt, outcome: settledBy } = request;
  const real = history.outcomes.filter(({ dryRun }) => !dryRun);
  if (settledAt !== null) {
    // Perhaps before we began to wait: a sweep may have served it as soon as it was on record.
    return (
      real.findLast(({ decidedAt, outcome }) => decidedAt === settledAt && outcome === settledBy) ?? null
    );
  }
  const newest = history.outcomes.slice(before).findLast(({ dryRun }) => !dryRun);
  if (newest === undefined) return null;
  return UNSETTLED.includes(newest.outcome) && newest.origin === request.origin ? newest : null;
}

function resultJson(conversationId: string, answer: Answer | null): object {
  return {
    conversationId,
    sessionId: answer?.sessionId ?? null,
    outcome: answer?.outcome ?? 'not_attempted',
    reason: answer?.reason ?? null,
    remoteStatus: answer?.remoteStatus ?? 'unknown',
    detail: answer?.detail ?? null,
  };
}
