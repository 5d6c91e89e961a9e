import type { Policy } from '../domain/policy.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Period } from './period.ts';
import type { Observation } from './ports.ts';

/** What is asked about; what is left out stays as each run had it. Milliseconds. */
export interface PolicyChange {
  readonly staleAfterMs?: number;
  /** Null: as `staleAfter`. */
  readonly staleAfterWithAgentMs?: number | null;
}

/** What another policy would have done, in conversations, each counted once, by the first night it concerns. */
export interface WhatIf {
  /** Closed in this time, as it was. */
  readonly closed: number;
  /** Would have been closed, and were not. */
  readonly more: { readonly conversations: number; readonly cameBack: number; readonly endedAnyway: number };
  /** Were closed, and would have been on an earlier night. */
  readonly sooner: { readonly conversations: number; readonly cameBack: number };
  /** Were closed, and would have been kept; `dueLater` of them old enough on a later night, had nobody come back. */
  readonly fewer: { readonly conversations: number; readonly dueLater: number };
  /** The record does not hold what the decision would have hung on. */
  readonly unknown: number;
  /** Some night was more patient than the policy asked about, and never read what was active on our side meanwhile. */
  readonly atLeast: boolean;
}

/** The policy of a run with the changes, as the settings would make it. */
export function changedPolicy(policy: Policy, changes: PolicyChange): Policy {
  const { staleAfterMs = policy.staleAfterMs } = changes;
  // One that is as long as staleAfter is most often not set at all, and then it follows.
  const before = policy.staleAfterWithAgentMs > policy.staleAfterMs ? policy.staleAfterWithAgentMs : null;
  const { staleAfterWithAgentMs: withAgent = before } = changes;
  return { ...policy, staleAfterMs, staleAfterWithAgentMs: Math.max(staleAfterMs, withAgent ?? 0) };
}

/**
 * From what was observed, without a request: what the nights of this time would have closed under another policy.
 * Holds, exemptions and all other rules count as they did; the budget and the guards do not.
 *
 * @param observations of real and dry runs from the beginning of the time on, oldest first; those after its end tell
 *   who came back
 */
export function whatIf(
  observations: Iterable<Observation>,
  policyOf: (runId: number) => Policy,
  changes: PolicyChange,
  { since, until }: Period,
): WhatIf {
  const stories = new Map<string, Story>();
  let atLeast = false;
  for (const seen of observations) {
    if (seen.decidedAt < since) continue;
    const story = stories.get(seen.conversationId) ?? newStory();
    stories.set(seen.conversationId, story);
    noteLife(story, seen);
    if (seen.dryRun || seen.decidedAt >= until) continue;
    const actual = policyOf(seen.runId);
    const changed = changedPolicy(actual, changes);
    atLeast ||= changed.staleAfterMs < actual.staleAfterMs;
    noteDecision(story, seen, actual, changed);
  }
  return { ...count([...stories.values()], until), atLeast };
}

/** What became of one conversation, and what would have. */
interface Story {
  /** First closed by us. */
  closedAt: Instant | null;
  /** First closed under the other policy. */
  wouldCloseAt: Instant | null;
  /** It would have been kept when it was closed; old enough then. */
  dueAt: Instant | null;
  isUnknown: boolean;
  /** After it would have been closed. */
  cameBack: boolean;
  endedAnyway: boolean;
  /** The close that had not shown yet. */
  unconfirmed: Observation | null;
}

function newStory(): Story {
  return {
    closedAt: null,
    wouldCloseAt: null,
    dueAt: null,
    isUnknown: false,
    cameBack: false,
    endedAnyway: false,
    unconfirmed: null,
  };
}

function noteLife(
  story: Story,
  { remoteLastActivityAt, idleSeconds, decidedAt, outcome, dryRun }: Observation,
) {
  const { wouldCloseAt } = story;
  if (wouldCloseAt === null) return;
  const ofEitherSide = idleSeconds === null ? 0 : decidedAt - idleSeconds * SECOND;
  if (Math.max(remoteLastActivityAt ?? 0, ofEitherSide) > wouldCloseAt) story.cameBack = true;
  if (outcome === 'already_closed' && !dryRun) story.endedAnyway = true;
}

function noteDecision(story: Story, seen: Observation, actual: Policy, changed: Policy): void {
  if (seen.outcome === 'unconfirmed') story.unconfirmed = seen;
  if (seen.outcome === 'closed') story.closedAt ??= seen.decidedAt;
  const decided = seen.reason === 'confirmed_late' ? (story.unconfirmed ?? seen) : seen;
  switch (verdictOn(decided, seen.outcome, actual, changed)) {
    case 'close':
      story.wouldCloseAt ??= seen.decidedAt;
      return;
    case 'unknown':
      story.isUnknown = true;
      return;
    case 'keep':
      if (seen.outcome === 'closed') story.dueAt = decided.decidedAt + missing(decided, changed);
  }
}

type Verdict = 'close' | 'keep' | 'unknown';

/**
 * decide(), from the rule about recent activity on. What an earlier rule kept, or a request closed, the other policy
 * would have kept or closed as well.
 */
function verdictOn(
  { reason, idleSeconds, agentConnected }: Observation,
  outcome: Observation['outcome'],
  actual: Policy,
  changed: Policy,
): Verdict {
  const isKept = outcome === 'kept';
  if (outcome !== 'closed' && !isKept) return 'keep';
  if (outcome === 'closed' && reason === 'requested') return 'close';
  if (reason === 'confirmed_late') return isMorePatient(changed, actual) ? 'unknown' : 'close';
  // Recorded in whole seconds: a rule that has not become shorter keeps what it kept.
  if (isKept && reason === 'active_recently' && changed.staleAfterMs >= actual.staleAfterMs) return 'keep';
  if (
    isKept &&
    reason === 'agent_connected' &&
    changed.staleAfterWithAgentMs >= actual.staleAfterWithAgentMs
  ) {
    return 'keep';
  }
  if (isKept && reason !== 'active_recently' && reason !== 'agent_connected') return 'keep';
  if (idleSeconds === null) return 'unknown';
  const idleMs = idleSeconds * SECOND;
  if (idleMs < changed.staleAfterMs) return 'keep';
  if (agentConnected !== true) return 'close';
  if (idleMs < changed.staleAfterWithAgentMs) return 'keep';
  // Who wrote last was asked on the way to every other reason, and is not recorded.
  return isKept && reason === 'active_recently' && changed.awaitingAgent === 'keep' ? 'unknown' : 'close';
}

function isMorePatient(changed: Policy, actual: Policy): boolean {
  return (
    changed.staleAfterMs > actual.staleAfterMs || changed.staleAfterWithAgentMs > actual.staleAfterWithAgentMs
  );
}

/** How much longer it would have had to be idle, in ms. */
function missing({ idleSeconds, agentConnected }: Observation, policy: Policy): number {
  const needed = agentConnected === true ? policy.staleAfterWithAgentMs : policy.staleAfterMs;
  return needed - (idleSeconds ?? 0) * SECOND;
}

function count(stories: readonly Story[], until: Instant): Omit<WhatIf, 'atLeast'> {
  const closed = stories.filter(({ closedAt }) => closedAt !== null);
  const more = stories.filter(({ closedAt, wouldCloseAt }) => closedAt === null && wouldCloseAt !== null);
  const sooner = closed.filter(
    ({ closedAt, wouldCloseAt }) => wouldCloseAt !== null && closedAt !== null && wouldCloseAt < closedAt,
  );
  const open = stories.filter(({ wouldCloseAt }) => wouldCloseAt === null);
  const fewer = open.filter(({ closedAt, isUnknown }) => closedAt !== null && !isUnknown);
  const cameBack = (some: readonly Story[]) => some.filter((story) => story.cameBack).length;
  return {
    closed: closed.length,
    more: {
      conversations: more.length,
      cameBack: cameBack(more),
      endedAnyway: more.filter(({ endedAnyway }) => endedAnyway).length,
    },
    sooner: { conversations: sooner.length, cameBack: cameBack(sooner) },
    fewer: {
      conversations: fewer.length,
      dueLater: fewer.filter(({ dueAt }) => dueAt !== null && dueAt < until).length,
    },
    unknown: open.filter(({ isUnknown }) => isUnknown).length,
  };
}
