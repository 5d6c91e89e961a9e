import type { Instant } from '../domain/time.ts';

/** What a conversation was made to look like; it says nothing about what it has become since. */
export const CONVERSATION_KINDS = [
  'closed',
  'abandoned',
  'waiting_in_queue',
  'with_bot',
  'agent_customer_silent',
  'agent_customer_waiting',
  'after_call_work',
  'never_wrote',
  'recently_active',
  'parked',
  'other_message_type',
  'own_timer',
  'reopened',
] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

/**
 * What a close does. `reply`: the answer already shows the end. `delayed`: answers 200 with everybody still in it
 * and ends `ms` later. `never`: answers 200 and goes on.
 */
export type CloseEffect =
  | { readonly kind: 'reply' }
  | { readonly kind: 'delayed'; readonly ms: number }
  | { readonly kind: 'never' };

export interface ParticipantRecord {
  readonly id: string;
  readonly purpose: 'customer' | 'agent' | 'acd' | 'bot' | 'workflow';
  state: 'connected' | 'parked' | 'disconnected' | 'terminated';
  readonly startedAt: Instant;
  readonly connectedAt: Instant | null;
  endedAt: Instant | null;
  disconnectType: 'client' | 'system' | 'timeout' | 'transfer' | null;
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly messageTimes: Instant[];
  parkedAt: Instant | null;
  resumedAt: Instant | null;
  /** After-call work: begun and not yet ended when `acwEndedAt` is null. */
  acwStartedAt: Instant | null;
  acwEndedAt: Instant | null;
}

export interface ConversationRecord {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly messageType: string;
  readonly divisionIds: readonly string[];
  readonly startedAt: Instant;
  readonly participants: ParticipantRecord[];
  /** The queue's inactivity timer: ends the conversation at `endsAt`; a message sets it back by `durationMs`. */
  timer: { endsAt: Instant; readonly durationMs: number } | null;
  endedBy: 'api' | 'self' | null;
  /** The status that a close of the gateway contract asked for; null: derived from who was ever connected. */
  endedAs: 'closed' | 'abandoned' | null;
  /** Every end and revival so far, oldest first; analytics looks at it as it was some time ago. */
  readonly history: { readonly at: Instant; readonly event: 'ended' | 'revived' }[];
  /** Overrides the simulator's effect for this one; null: no override. */
  closeEffect: CloseEffect | null;
  /** An accepted close that takes effect at `at`; null: none is under way. */
  closing: { readonly at: Instant; readonly as: 'closed' | 'abandoned' | null } | null;
  /** Removed: every later read answers 404. */
  gone: boolean;
  /** PATCH requests received, also those answered with an error. */
  patches: number;
  /** Of these, the ones that ended it or set its end in motion. */
  effectivePatches: number;
  /** Individual reads received. */
  reads: number;
}

export function isLive(participant: ParticipantRecord): boolean {
  return participant.endedAt === null;
}

export function isActive(record: ConversationRecord): boolean {
  return record.participants.some(isLive);
}

/** When the last participant left; null while anybody is in it. */
export function endOf(record: ConversationRecord): Instant | null {
  if (isActive(record)) return null;
  return Math.max(...record.participants.map((participant) => participant.endedAt ?? record.startedAt));
}

/** An agent was connected at some time; what tells closed from abandoned. */
function wasAnswered(record: ConversationRecord): boolean {
  return record.participants.some(({ purpose, connectedAt }) => purpose === 'agent' && connectedAt !== null);
}

export function statusOf(record: ConversationRecord): 'active' | 'closed' | 'abandoned' {
  if (isActive(record)) return 'active';
  return record.endedAs ?? (wasAnswered(record) ? 'closed' : 'abandoned');
}

/** Ends everybody who is still there. */
export function endEverybody(
  record: ConversationRecord,
  end: {
    readonly at: Instant;
    readonly by: 'api' | 'self';
    readonly disconnectType: 'client' | 'system' | 'timeout';
    readonly as?: 'closed' | 'abandoned' | null;
  },
): void {
  for (const participant of record.participants) {
    if (participant.acwStartedAt !== null) participant.acwEndedAt ??= end.at;
    if (!isLive(participant)) continue;
    participant.endedAt = end.at;
    participant.state = 'disconnected';
    participant.disconnectType = end.disconnectType;
  }
  record.endedBy = end.by;
  record.endedAs = end.as ?? null;
  record.closing = null;
  record.timer = null;
  record.history.push({ at: end.at, event: 'ended' });
}
