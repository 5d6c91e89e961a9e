import type { CloseReason } from '../domain/decide.ts';
import type { Facts, Outcome, OutcomeKind } from '../domain/outcome.ts';
import type { Intent } from '../sweep/ports.ts';
import { flag, instant, text } from './rows.ts';

// Types, not interfaces: only those can be bound as the parameters of a statement.

type FactsColumns = {
  readonly remote_status: Facts['remoteStatus'];
  readonly remote_last_activity_at: string | null;
  readonly idle_seconds: number | null;
  readonly queue_id: string | null;
  readonly agent_connected: 0 | 1 | null;
};

function fromFacts(facts: Facts): FactsColumns {
  return {
    remote_status: facts.remoteStatus,
    remote_last_activity_at: text(facts.remoteLastActivityAt),
    idle_seconds: facts.idleSeconds,
    queue_id: facts.queueId,
    agent_connected: flag(facts.agentConnected),
  };
}

function toFacts(row: FactsColumns): Facts {
  return {
    remoteStatus: row.remote_status,
    remoteLastActivityAt: instant(row.remote_last_activity_at),
    idleSeconds: row.idle_seconds,
    queueId: row.queue_id,
    agentConnected: row.agent_connected === null ? null : row.agent_connected === 1,
  };
}

export type OutcomeColumns = FactsColumns & {
  readonly run_id: number;
  readonly conversation_id: string;
  readonly session_id: string | null;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly origin: string;
  readonly http_status: number | null;
  readonly error_code: string | null;
  readonly correlation_id: string | null;
  readonly requests: number;
  readonly decided_at: string;
  readonly closed_at: string | null;
};

export function fromOutcome(runId: number, outcome: Outcome): OutcomeColumns {
  return {
    run_id: runId,
    conversation_id: outcome.conversationId,
    session_id: outcome.sessionId,
    outcome: outcome.outcome,
    reason: outcome.reason,
    detail: outcome.detail,
    origin: outcome.origin,
    ...fromFacts(outcome),
    http_status: outcome.httpStatus,
    error_code: outcome.errorCode,
    correlation_id: outcome.correlationId,
    requests: outcome.requests,
    decided_at: text(outcome.decidedAt),
    closed_at: text(outcome.closedAt),
  };
}

export function toOutcome(row: OutcomeColumns): Outcome {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    outcome: row.outcome,
    reason: row.reason,
    detail: row.detail,
    origin: row.origin,
    ...toFacts(row),
    httpStatus: row.http_status,
    errorCode: row.error_code,
    correlationId: row.correlation_id,
    requests: row.requests,
    decidedAt: instant(row.decided_at),
    closedAt: instant(row.closed_at),
  };
}

export type IntentColumns = FactsColumns & {
  readonly conversation_id: string;
  readonly session_id: string | null;
  readonly run_id: number;
  readonly intended_at: string;
  readonly reason: CloseReason;
  readonly detail: string | null;
  readonly origin: string;
  readonly request_id: number | null;
};

export function fromIntent(intent: Intent): IntentColumns {
  return {
    conversation_id: intent.conversationId,
    session_id: intent.sessionId,
    run_id: intent.runId,
    intended_at: text(intent.intendedAt),
    reason: intent.reason,
    detail: intent.detail,
    origin: intent.origin,
    request_id: intent.requestId,
    ...fromFacts(intent),
  };
}

export function toIntent(row: IntentColumns): Intent {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    runId: row.run_id,
    intendedAt: instant(row.intended_at),
    reason: row.reason,
    detail: row.detail,
    origin: row.origin,
    requestId: row.request_id,
    ...toFacts(row),
  };
}
