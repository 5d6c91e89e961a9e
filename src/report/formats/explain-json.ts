import { type Instant, toIso } from '../../domain/time.ts';
import type { Explanation } from '../explain.ts';
import { type Fact, factValue } from '../explain-facts.ts';

/** `explain --json`: the explanation with ISO-8601 times; `null` is unknown or none. */
export function explanationJson(explanation: Explanation) {
  return {
    conversationId: explanation.conversationId,
    at: toIso(explanation.now),
    basis: explanation.basis,
    recorded: explanation.recorded,
    detailSince: iso(explanation.detailSince),
    facts: { ours: factsJson(explanation.ours), genesys: factsJson(explanation.remote) },
    requests: explanation.requests.map((request) => ({
      requestedAt: toIso(request.requestedAt),
      origin: request.origin,
      reason: request.reason,
      force: request.force,
      settledAt: iso(request.settledAt),
      outcome: request.outcome,
    })),
    outcomes: explanation.outcomes.map((outcome) => ({
      runId: outcome.runId,
      dryRun: outcome.dryRun,
      decidedAt: toIso(outcome.decidedAt),
      outcome: outcome.outcome,
      reason: outcome.reason,
      detail: outcome.detail,
      origin: outcome.origin,
      remoteStatus: outcome.remoteStatus,
      idleSeconds: outcome.idleSeconds,
      closedAt: iso(outcome.closedAt),
      httpStatus: outcome.httpStatus,
      errorCode: outcome.errorCode,
      correlationId: outcome.correlationId,
    })),
    timeline: explanation.timeline.map(({ at, until, ...event }) => ({
      at: toIso(at),
      until: iso(until),
      ...event,
    })),
    rules: explanation.rules,
    decision: explanation.decision,
    conclusion: explanation.conclusion,
    selection: explanation.selection,
  };
}

/** `last activity` → `lastActivity`. */
function factsJson(facts: readonly Fact[] | null) {
  return (
    facts &&
    Object.fromEntries(
      facts.map((fact) => [
        fact.name.replace(/ (\w)/g, (_, letter) => letter.toUpperCase()),
        factValue(fact),
      ]),
    )
  );
}

function iso(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
