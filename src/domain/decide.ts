import { type CloseRequest, isFromPerson } from './close-request.ts';
import { type Conversation, isEnded, lastSpeaker } from './conversation.ts';
import type { Mapping } from './mapping.ts';
import type { Policy } from './policy.ts';
import { humanDuration, type Instant, toIso } from './time.ts';

export const KEEP_REASONS = [
  'unreadable',
  'not_web_messaging',
  'on_hold',
  'active_since_request',
  'exempt',
  'parked',
  'platform_timer',
  'unknown_activity',
  'active_recently',
  'awaiting_agent',
  'agent_connected',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

export const CLOSE_REASONS = ['requested', 'stale_unanswered', 'stale'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** What to do with one conversation, why, and the same in a sentence for people. */
export type Decision =
  | { readonly action: 'keep'; readonly reason: KeepReason; readonly sentence: string }
  | { readonly action: 'close'; readonly reason: CloseReason; readonly sentence: string }
  | { readonly action: 'settle'; readonly reason: 'ended'; readonly sentence: string };

/** Everything a decision is made from; nothing else may influence it. */
export interface Case {
  readonly conversation: Conversation;
  readonly mapping: Mapping | null;
  readonly request: CloseRequest | null;
  readonly policy: Policy;
  readonly now: Instant;
}

/**
 * One rule: the decision when it applies, null to ask the next. Comparisons that lead to keep are written as
 * "not provably old", so that a number which is none (NaN) keeps.
 */
type Rule = (c: Case) => Decision | null;

const keep = (reason: KeepReason, sentence: string): Decision => ({ action: 'keep', reason, sentence });
const close = (reason: CloseReason, sentence: string): Decision => ({ action: 'close', reason, sentence });

/** The later sign of life of the two sides; null when neither is known. */
export function lastActivity(conversation: Conversation, mapping: Mapping | null): Instant | null {
  const known = [conversation.lastActivityAt, mapping?.lastActivityAt ?? null].filter(
    (at) => at !== null && Number.isFinite(at),
  ) as Instant[];
  return known.length > 0 ? Math.max(...known) : null;
}

/**
 * A conversation that is active although it had ended was come back to since. What our own side did before that end
 * says nothing about its new life, and must not make it look stale where the remote side does not tell either.
 */
function ofThisLife(mapping: Mapping | null): Mapping | null {
  if (mapping === null || mapping.lastActivityAt === null || mapping.endSeenAt === null) return mapping;
  return mapping.lastActivityAt <= mapping.endSeenAt ? null : mapping;
}

/** The last moment that a Date can hold (ECMAScript). */
const LATEST_DATE = 8.64e15;
/** A moment for a sentence; decide() must answer even when a number is not a moment at all. */
const when = (at: Instant): string => (Math.abs(at) <= LATEST_DATE ? toIso(at) : 'an unreadable time');

const cannotBeUnderstood: Rule = ({ conversation }) =>
  conversation.status === 'unknown'
    ? keep('unreadable', `the reply could not be understood: ${conversation.problem ?? 'no reason given'}`)
    : null;

const ended: Rule = ({ conversation }) =>
  isEnded(conversation)
    ? {
        action: 'settle',
        reason: 'ended',
        sentence: `it has already ended${conversation.endedAt === null ? '' : ` at ${when(conversation.endedAt)}`}`,
      }
    : null;

const otherMedium: Rule = ({ conversation, policy }) => {
  const types = conversation.messageTypes;
  if (types.length > 0 && types.every((type) => policy.messageTypes.includes(type))) return null;
  return keep(
    'not_web_messaging',
    types.length === 0
      ? 'it does not say what kind of messaging it is'
      : `it is ${types.join(', ')}, not ours to close`,
  );
};

const onHold: Rule = ({ mapping, now }) =>
  mapping !== null && mapping.holdUntil !== null && !(mapping.holdUntil <= now)
    ? keep('on_hold', `it is on hold until ${when(mapping.holdUntil)}`)
    : null;

const requested: Rule = ({ conversation, mapping, request, policy }) => {
  if (request === null) return null;
  const activity = lastActivity(conversation, mapping);
  if (!request.force && activity !== null && !(activity <= request.requestedAt)) {
    return keep(
      'active_since_request',
      `it was active at ${when(activity)}, after the close was asked for at ${when(request.requestedAt)}`,
    );
  }
  if (!isFromPerson(request)) {
    if (exemption(conversation, policy) !== null || conversation.parked === true) return null;
    // Whoever was done with it may have handed it over.
    const although = `although ${request.origin} asked for its close`;
    if (conversation.agentConnected === true)
      return keep('agent_connected', `an agent is connected, ${although}`);
    if (conversation.inQueue === true) {
      return keep('awaiting_agent', `it waits in a queue for an agent, ${although}`);
    }
  }
  return close('requested', `its close was asked for by ${request.origin} at ${when(request.requestedAt)}`);
};

const exempt: Rule = ({ conversation, policy }) => {
  const why = exemption(conversation, policy);
  return why === null ? null : keep('exempt', why);
};

const parked: Rule = ({ conversation }) =>
  conversation.parked === true ? keep('parked', 'an agent has parked it to come back to it') : null;

const platformTimer: Rule = ({ conversation, policy, now }) => {
  const at = conversation.platformEndsAt;
  return at !== null && at > now && at - now <= policy.platformTimerGraceMs
    ? keep('platform_timer', `Genesys's own inactivity timer ends it at ${when(at)}`)
    : null;
};

const unknownActivity: Rule = ({ conversation, mapping }) =>
  lastActivity(conversation, ofThisLife(mapping)) === null
    ? keep('unknown_activity', 'neither side tells when it was last active')
    : null;

const activeRecently: Rule = (c) => {
  const idle = idleMs(c);
  return !(idle >= c.policy.staleAfterMs)
    ? keep(
        'active_recently',
        `it was active ${humanDuration(idle)} ago, less than ${humanDuration(c.policy.staleAfterMs)}`,
      )
    : null;
};

const awaitingAgent: Rule = ({ conversation, policy }) =>
  policy.awaitingAgent === 'keep' &&
  conversation.agentConnected === true &&
  lastSpeaker(conversation) === 'customer'
    ? keep('awaiting_agent', 'an agent is connected and the customer waits for an answer')
    : null;

const agentConnected: Rule = (c) => {
  const idle = idleMs(c);
  return c.conversation.agentConnected === true && !(idle >= c.policy.staleAfterWithAgentMs)
    ? keep(
        'agent_connected',
        `an agent is connected and it was active ${humanDuration(idle)} ago, less than ${humanDuration(c.policy.staleAfterWithAgentMs)}`,
      )
    : null;
};

const staleUnanswered: Rule = (c) =>
  lastSpeaker(c.conversation) === 'customer' && c.conversation.agentAnswered === false
    ? close('stale_unanswered', `idle for ${humanDuration(idleMs(c))}, and no agent ever answered`)
    : null;

const stale: Rule = (c) => close('stale', `idle for ${humanDuration(idleMs(c))}`);

/** The rules in their order; the first that applies decides. Named for `explain`. */
export const RULES: readonly { readonly name: string; readonly rule: Rule }[] = [
  { name: 'can it be understood', rule: cannotBeUnderstood },
  { name: 'has it ended', rule: ended },
  { name: 'is it another kind of messaging', rule: otherMedium },
  { name: 'is it on hold', rule: onHold },
  { name: 'was its close asked for', rule: requested },
  { name: 'is its queue or division exempt', rule: exempt },
  { name: 'is it parked', rule: parked },
  { name: 'will Genesys end it by itself soon', rule: platformTimer },
  { name: 'is its last activity unknown', rule: unknownActivity },
  { name: 'was either side active recently', rule: activeRecently },
  { name: 'does the customer wait for a connected agent', rule: awaitingAgent },
  { name: 'is a connected agent given more time', rule: agentConnected },
  { name: 'did no agent ever answer', rule: staleUnanswered },
  { name: 'is it stale', rule: stale },
];

/**
 * What to do with one conversation. Pure and total: equal input gives an equal answer, for every input.
 * The design's rule order is the order of {@link RULES}; the first match wins.
 */
export function decide(
  conversation: Conversation,
  mapping: Mapping | null,
  request: CloseRequest | null,
  policy: Policy,
  now: Instant,
): Decision {
  const c: Case = { conversation, mapping, request, policy, now };
  for (const { rule } of RULES) {
    const decision = rule(c);
    if (decision !== null) return decision;
  }
  return stale(c) as Decision;
}

/** Milliseconds since the later sign of life; Infinity when unknown, which {@link unknownActivity} keeps first. */
function idleMs({ conversation, mapping, now }: Case): number {
  return now - (lastActivity(conversation, mapping) ?? Number.NEGATIVE_INFINITY);
}

/** Why it is exempt, or null. An exemption that cannot be checked counts as one. */
function exemption(conversation: Conversation, policy: Policy): string | null {
  for (const [what, ids, listed] of [
    ['queue', conversation.queueIds, policy.exemptQueues],
    ['division', conversation.divisionIds, policy.exemptDivisions],
  ] as const) {
    if (listed.length === 0) continue;
    if (ids === null) return `its ${what} is not told, and some are exempt`;
    const found = ids.find((id) => listed.includes(id));
    if (found !== undefined) return `its ${what} ${found} is exempt`;
  }
  return null;
}
