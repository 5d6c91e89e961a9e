import type { Conversation } from '../domain/conversation.ts';
import { lastSpeaker } from '../domain/conversation.ts';
import type { Mapping } from '../domain/mapping.ts';
import { type Instant, toIso } from '../domain/time.ts';

/** One thing that is known. `value` null: known to be not known. */
export interface Fact {
  readonly name: string;
  readonly value: string | boolean | readonly string[] | Moment | null;
}

/** A moment, kept apart from text so that each renderer can say it its own way. */
export interface Moment {
  readonly at: Instant;
}

/** What the user's own side knows. */
export function ourFacts(mapping: Mapping, source: string | null, intendedAt: Instant | null): Fact[] {
  return [
    { name: 'session', value: mapping.sessionId },
    { name: 'user', value: mapping.userId },
    { name: 'started', value: moment(mapping.startedAt) },
    { name: 'last activity', value: moment(mapping.lastActivityAt) },
    { name: 'state', value: mapping.state },
    { name: 'state seen', value: moment(mapping.stateAt) },
    { name: 'on hold until', value: moment(mapping.holdUntil) },
    { name: 'rests until', value: moment(mapping.restsUntil) },
    { name: 'source', value: source },
    { name: 'close intended', value: moment(intendedAt) },
  ];
}

/** What one read showed. */
export function remoteFacts(conversation: Conversation): Fact[] {
  return [
    { name: 'status', value: conversation.status },
    ...(conversation.problem === null ? [] : [{ name: 'problem', value: conversation.problem }]),
    { name: 'ended', value: moment(conversation.endedAt) },
    { name: 'message types', value: conversation.messageTypes },
    { name: 'last activity', value: moment(conversation.lastActivityAt) },
    { name: 'customer wrote', value: moment(conversation.lastCustomerMessageAt) },
    { name: 'agent wrote', value: moment(conversation.lastAgentMessageAt) },
    { name: 'last to write', value: lastSpeaker(conversation) },
    { name: 'agent connected', value: conversation.agentConnected },
    { name: 'agent ever', value: conversation.agentAnswered },
    { name: 'parked', value: conversation.parked },
    { name: 'queues', value: conversation.queueIds },
    { name: 'divisions', value: conversation.divisionIds },
    { name: 'timer ends it', value: moment(conversation.platformEndsAt) },
  ];
}

/** The value as JSON has it. */
export function factValue({ value }: Fact): string | boolean | readonly string[] | null {
  return isMoment(value) ? toIso(value.at) : value;
}

export function isMoment(value: Fact['value']): value is Moment {
  return typeof value === 'object' && value !== null && 'at' in value && !Array.isArray(value);
}

function moment(at: Instant | null): Moment | null {
  return at === null ? null : { at };
}
