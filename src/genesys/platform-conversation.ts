import { type Conversation, unreadable } from '../domain/conversation.ts';
import type { Instant } from '../domain/time.ts';
import {
  isEndedState,
  messageConversation,
  problemOf,
  type WireConversation,
  type WireParticipant,
} from './wire.ts';

const CUSTOMER = ['customer', 'external'];
const AGENT = ['agent', 'user'];
/** An agent in one of these is on the way in, not connected. Anything else that is live counts as connected. */
const NOT_YET_CONNECTED = ['alerting', 'dialing', 'contacting', 'offering', 'none'];

const isCustomer = (p: WireParticipant) => CUSTOMER.includes(p.purpose);
const isAgent = (p: WireParticipant) => AGENT.includes(p.purpose);
const isLive = (p: WireParticipant) => p.endTime === null && !isEndedState(p.state);

/**
 * A MessageConversation of the Platform API as a Conversation. There is no status at the top level: it is active
 * while some participant has no `endTime` and a state that is neither disconnected nor terminated.
 */
export function readMessageConversation(conversationId: string, json: unknown): Conversation {
  const parsed = messageConversation.safeParse(json);
  if (!parsed.success) return unreadable(conversationId, problemOf(parsed.error));
  const { data } = parsed;
  if (typeof data.id === 'string' && data.id !== conversationId) {
    return unreadable(conversationId, 'the reply is about another conversation');
  }
  if (data.participants.length === 0) return unreadable(conversationId, 'it has no participants');
  return toConversation(conversationId, data);
}

function toConversation(conversationId: string, data: WireConversation): Conversation {
  const { participants } = data;
  const agents = participants.filter(isAgent);
  const active = participants.some(isLive);
  const answered = agents.some(wasConnected);
  const customerTypes = typesOf(participants.filter(isCustomer));
  return {
    id: conversationId,
    status: active ? 'active' : answered ? 'closed' : 'abandoned',
    problem: null,
    endedAt: active ? null : latest(participants.map((p) => p.endTime)),
    messageTypes: customerTypes.length > 0 ? customerTypes : typesOf(participants),
    lastActivityAt: lastActivity(participants),
    lastCustomerMessageAt: lastMessage(participants.filter(isCustomer)),
    lastAgentMessageAt: lastMessage(agents),
    agentConnected: agents.some((p) => isLive(p) && !NOT_YET_CONNECTED.includes(p.state)),
    agentAnswered: answered,
    parked: participants.some((p) => isLive(p) && isParked(p)),
    inQueue: participants.some((p) => isLive(p) && p.purpose === 'acd'),
    queueIds: queuesOf(participants),
    divisionIds: data.divisions?.flatMap((d) => d.division?.id ?? []) ?? null,
    platformEndsAt: data.inactivityTimeout,
  };
}

function wasConnected(p: WireParticipant): boolean {
  return (
    p.connectedTime !== null ||
    (isLive(p) && !NOT_YET_CONNECTED.includes(p.state)) ||
    lastMessage([p]) !== null
  );
}

function isParked(p: WireParticipant): boolean {
  return (
    p.state === 'parked' || (p.parkTime !== null && (p.resumeTime === null || p.resumeTime < p.parkTime))
  );
}

/** More kinds than there are, so one of them is not ours to close however many are left out. */
const MOST_TYPES = 20;

function typesOf(participants: readonly WireParticipant[]): string[] {
  return [...new Set(participants.flatMap((p) => p.type ?? []))].slice(0, MOST_TYPES);
}

/** In the order in which the participants joined, so that the last one is the current queue. */
function queuesOf(participants: readonly WireParticipant[]): string[] {
  const joined = [...participants].sort((a, b) => (a.startTime ?? 0) - (b.startTime ?? 0));
  const ids = joined.flatMap((p) => p.queue?.id ?? []);
  return ids.filter((id, i) => ids.lastIndexOf(id) === i);
}

/**
 * The latest message of anybody; an agent who has come in since counts as well, for one to whom an old conversation was
 * just transferred is about to write. Where nobody ever wrote, the latest connect or start.
 */
function lastActivity(participants: readonly WireParticipant[]): Instant | null {
  const message = lastMessage(participants);
  if (message === null) return latest(participants.flatMap((p) => [p.connectedTime, p.startTime]));
  return latest([message, ...participants.filter(isAgent).map((p) => p.connectedTime)]);
}

function lastMessage(participants: readonly WireParticipant[]): Instant | null {
  return latest(participants.flatMap((p) => (p.messages ?? []).map((m) => m.messageTime)));
}

function latest(times: readonly (Instant | null)[]): Instant | null {
  return times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
