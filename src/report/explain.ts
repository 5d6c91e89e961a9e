import type { Conversation } from '../domain/conversation.ts';
import type { Decision } from '../domain/decide.ts';
import type { Policy } from '../domain/policy.ts';
import { humanDuration, type Instant, toIso } from '../domain/time.ts';
import { type Fact, ourFacts, remoteFacts } from './explain-facts.ts';
import { type RuleStep, walkRules } from './explain-rules.ts';
import type { History, SettledRequest } from './ports.ts';
import { isRecorded, type TimelineEvent, timelineOf } from './timeline.ts';

export interface ExplainQuestion {
  readonly conversationId: string;
  readonly history: History;
  /** What a read just now showed; `not_found` after a 404; null when nobody read. */
  readonly remote: Conversation | 'not_found' | null;
  readonly policy: Policy;
  readonly now: Instant;
}

/** Everything there is to say about one conversation. */
export interface Explanation {
  readonly conversationId: string;
  readonly now: Instant;
  /** `record`: nobody read the conversation, so only what was recorded is used. */
  readonly basis: 'read' | 'not_found' | 'record';
  /** Whether our record knows anything of it. */
  readonly recorded: boolean;
  /** Outcomes before it may have been pruned; null: none ever was. */
  readonly detailSince: Instant | null;
  /** Null without a mapping. */
  readonly ours: readonly Fact[] | null;
  readonly remote: readonly Fact[] | null;
  readonly requests: readonly SettledRequest[];
  /** In the order of recording. */
  readonly outcomes: History['outcomes'];
  /** All of that as it happened, oldest first. */
  readonly timeline: readonly TimelineEvent[];
  /** In the order in which they are asked; empty when nothing was read. */
  readonly rules: readonly RuleStep[];
  readonly decision: Decision | null;
  /** What a sweep would do with it now, or did last; a sentence. */
  readonly conclusion: string;
  /** Whether a sweep looks at it at all; a sentence. */
  readonly selection: string;
}

/** Explains one conversation by its record and, when it was read just now, rule by rule. Pure. */
export function explain(question: ExplainQuestion): Explanation {
  const { conversationId, history, remote, policy, now } = question;
  const read = remote === null || remote === 'not_found' ? null : remote;
  const request = pendingRequest(history);
  const { rules, decision } =
    read === null
      ? { rules: [], decision: null }
      : walkRules({ conversation: read, mapping: history.mapping, request, policy, now });
  return {
    conversationId,
    now,
    basis: remote === null ? 'record' : remote === 'not_found' ? 'not_found' : 'read',
    recorded: isRecorded(history),
    detailSince: history.detailSince,
    ours: history.mapping && ourFacts(history.mapping, history.source, history.intendedAt),
    remote: read && remoteFacts(read),
    requests: history.requests,
    outcomes: history.outcomes,
    timeline: timelineOf(history, now),
    rules,
    decision,
    conclusion: conclusionOf(question, decision),
    selection: selectionOf(question),
  };
}

function pendingRequest({ requests }: History): SettledRequest | null {
  return requests.find(({ settledAt }) => settledAt === null) ?? null;
}

function conclusionOf({ history, remote }: ExplainQuestion, decision: Decision | null): string {
  if (remote === 'not_found') return 'Genesys does not know it (404): it is gone, or never existed.';
  if (decision !== null) {
    const action = { keep: 'It is kept', close: 'It would be closed', settle: 'Nothing is left to close' };
    return `${action[decision.action]} (${decision.reason}): ${decision.sentence}.`;
  }
  const last = history.outcomes.findLast(({ dryRun }) => !dryRun);
  if (last === undefined) return 'No run has looked at it yet, and it was not read now.';
  const reason = last.reason === null ? '' : ` (${last.reason})`;
  return `It was not read now. Run ${last.runId} last recorded ${last.outcome}${reason} at ${toIso(last.decidedAt)}${last.detail === null ? '' : `: ${last.detail}`}.`;
}

/** Mirrors what a sweep selects, so that "nobody ever looked" has an answer too. */
function selectionOf({ history, policy, now }: ExplainQuestion): string {
  const { mapping } = history;
  if (history.intendedAt !== null) {
    return `A close was about to be sent at ${toIso(history.intendedAt)} and its result is not known; the next sweep verifies it first.`;
  }
  if (pendingRequest(history) !== null) return 'A close request is pending; the next sweep serves it first.';
  if (mapping === null) return 'No mapping and no close request name it, so no sweep looks at it.';
  if (mapping.holdUntil !== null && mapping.holdUntil > now) {
    return `It is on hold, so no sweep looks at it before ${toIso(mapping.holdUntil)}.`;
  }
  const ourSide = mapping.lastActivityAt ?? mapping.startedAt;
  if (mapping.state !== 'open' && !(mapping.stateAt !== null && ourSide > mapping.stateAt)) {
    return `Its mapping is ${mapping.state}, so a sweep looks at it again only when it comes alive again.`;
  }
  if (mapping.restsUntil !== null && mapping.restsUntil > now) {
    return `It could not be closed three nights running, so it is tried once a week, not before ${toIso(mapping.restsUntil)}; report it to Genesys with its correlation id.`;
  }
  const dueAt = ourSide + policy.staleAfterMs;
  return dueAt < now
    ? `It is due: our side was last active ${humanDuration(now - ourSide)} ago.`
    : `It is not due before ${toIso(dueAt)}: our side was active at ${toIso(ourSide)}.`;
}
