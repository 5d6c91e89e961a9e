import type { Conversation } from '../domain/conversation.ts';
import type { KeepReason } from '../domain/decide.ts';
import type { ApiError } from '../domain/errors.ts';
import { consequencesOf, type Facts, factsOf, NO_FACTS, type Outcome, originOf } from '../domain/outcome.ts';
import { COUNT_OF, type Counts, noCounts } from '../domain/run.ts';
import type { Clock, Known, Ledger, Trace } from './ports.ts';

/** What an outcome says beyond the facts of the case. */
export type Finding = Pick<Outcome, 'outcome'> &
  Partial<
    Pick<
      Outcome,
      'reason' | 'detail' | 'decidedAt' | 'closedAt' | 'httpStatus' | 'errorCode' | 'correlationId'
    >
  >;

/** Writes the outcomes of one run and keeps its counts. */
export interface Recorder {
  readonly runId: number;
  readonly counts: Counts;
  readonly keptReasons: Partial<Record<KeepReason, number>>;
  record(outcome: Outcome): void;
  /** All of them in one transaction. */
  recordAll(outcomes: readonly Outcome[]): void;
}

export function createRecorder(options: {
  runId: number;
  dryRun: boolean;
  ledger: Ledger;
  clock: Clock;
  onOutcome: (outcome: Outcome) => void;
}): Recorder {
  const counts = noCounts();
  const keptReasons: Partial<Record<KeepReason, number>> = {};
  const consequences = (outcome: Outcome) => (options.dryRun ? null : consequencesOf(outcome));

  function count(outcome: Outcome): void {
    counts[COUNT_OF[outcome.outcome]]++;
    if (outcome.outcome === 'kept' && outcome.reason !== null) {
      const reason = outcome.reason as KeepReason;
      keptReasons[reason] = (keptReasons[reason] ?? 0) + 1;
    }
    options.onOutcome(outcome);
  }

  return {
    runId: options.runId,
    counts,
    keptReasons,
    record: (outcome) => {
      options.ledger.record(options.runId, outcome, consequences(outcome), options.clock.now());
      count(outcome);
    },
    recordAll: (outcomes) => {
      const rows = outcomes.map((outcome) => ({ outcome, consequences: consequences(outcome) }));
      options.ledger.recordAll(options.runId, rows, options.clock.now());
      for (const outcome of outcomes) count(outcome);
    },
  };
}

/** A failure with what Genesys support asks for. The reason is the stage. */
export function failed(stage: 'inspect' | 'close', error: ApiError): Finding {
  return {
    outcome: 'failed',
    reason: stage,
    detail: error.message,
    httpStatus: error.status,
    errorCode: error.code,
    correlationId: error.correlationId,
  };
}

export function newTrace(): Trace {
  return { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
}

/** An outcome from what is known, what was read (if anything) and what was found. */
export function toOutcome(
  conversationId: string,
  known: Pick<Known, 'mapping' | 'request'>,
  conversation: Conversation | null,
  trace: Trace,
  now: number,
  finding: Finding,
): Outcome {
  const facts: Facts = conversation === null ? NO_FACTS : factsOf(conversation, known.mapping, now);
  return {
    conversationId,
    sessionId: known.mapping?.sessionId ?? null,
    ...facts,
    reason: null,
    detail: null,
    origin: originOf(known.request),
    httpStatus: trace.httpStatus,
    errorCode: trace.errorCode,
    correlationId: trace.correlationId,
    requests: trace.requests,
    decidedAt: now,
    closedAt: null,
    ...finding,
  };
}
