import type { Secrets } from '../config/secrets.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Ledger, RunStore } from '../sweep/ports.ts';

type Redact = Secrets['redact'];

/** An outcome whose texts from outside hold no secret, should the other side have repeated one. */
export function redactedOutcome(outcome: Outcome, redact: Redact): Outcome {
  return {
    ...outcome,
    detail: orNull(outcome.detail, redact),
    queueId: orNull(outcome.queueId, redact),
    errorCode: orNull(outcome.errorCode, redact),
    correlationId: orNull(outcome.correlationId, redact),
  };
}

/** The same ledger; no secret gets into it. */
export function redactedLedger(ledger: Ledger, redact: Redact): Ledger {
  return {
    ...ledger,
    intend: (conversationId, decide) =>
      ledger.intend(conversationId, (known) => {
        const intent = decide(known);
        return intent === null ? null : { ...intent, detail: orNull(intent.detail, redact) };
      }),
    record: (runId, outcome, consequences, seenAt) =>
      ledger.record(runId, redactedOutcome(outcome, redact), consequences, seenAt),
    recordAll: (runId, outcomes, seenAt) =>
      ledger.recordAll(
        runId,
        outcomes.map((one) => ({ ...one, outcome: redactedOutcome(one.outcome, redact) })),
        seenAt,
      ),
  };
}

/** The same runs; no secret gets into their messages. */
export function redactedRuns(runs: RunStore, redact: Redact): RunStore {
  return {
    ...runs,
    finish: (runId, conclusion) => runs.finish(runId, { ...conclusion, message: redact(conclusion.message) }),
  };
}

function orNull(text: string | null, redact: Redact): string | null {
  return text === null ? null : redact(text);
}
