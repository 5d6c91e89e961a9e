import { toIso } from '../domain/time.ts';
import { queueName } from './places.ts';
import { type ConversationRecord, endOf, type ParticipantRecord } from './record.ts';
import type {
  WireConversation,
  WireDivisionMembership,
  WireMediaParticipant,
  WireMessageConversation,
  WireMessageDetails,
  WireParticipant,
} from './wire.ts';

/** The conversation as `GET /api/v2/conversations/messages/{id}` shows it. */
export function messageConversation(record: ConversationRecord): WireMessageConversation {
  return {
    id: record.id,
    participants: record.participants.map((participant) => mediaParticipant(participant, record)),
    ...inactivityTimeout(record),
    divisions: divisions(record),
    selfUri: selfUri(record),
  };
}

/** The same as the answer to its PATCH shows it: with a start, and an end once everybody has left. */
export function patchedConversation(record: ConversationRecord): WireConversation {
  const endedAt = endOf(record);
  return {
    id: record.id,
    startTime: toIso(record.startedAt),
    ...(endedAt !== null && { endTime: toIso(endedAt) }),
    participants: record.participants.map((participant) => patchedParticipant(participant, record)),
    divisions: divisions(record),
    ...inactivityTimeout(record),
    selfUri: selfUri(record),
  };
}

function mediaParticipant(one: ParticipantRecord, record: ConversationRecord): WireMediaParticipant {
  return {
    id: one.id,
    purpose: one.purpose,
    state: one.state,
    direction: 'inbound',
    ...times(one),
    ...(one.disconnectType !== null && { disconnectType: one.disconnectType }),
    provider: 'PureCloud Messaging',
    type: record.messageType,
    ...(one.userId !== null && { user: { id: one.userId } }),
    ...(one.queueId !== null && { queue: { id: one.queueId, name: queueName(one.queueId) } }),
    ...afterCallWork(one),
    ...(one.parkedAt !== null && { parkTime: toIso(one.parkedAt) }),
    ...(one.resumedAt !== null && { resumeTime: toIso(one.resumedAt) }),
    messages: messages(one),
  };
}

function patchedParticipant(one: ParticipantRecord, record: ConversationRecord): WireParticipant {
  return {
    id: one.id,
    purpose: one.purpose,
    ...times(one),
    ...(one.userId !== null && { userId: one.userId }),
    ...(one.queueId !== null && { queueId: one.queueId, queueName: queueName(one.queueId) }),
    ...afterCallWork(one),
    messages: [
      {
        id: communicationId(one),
        state: one.state,
        direction: 'inbound',
        provider: 'PureCloud Messaging',
        type: record.messageType,
        ...(one.connectedAt !== null && { connectedTime: toIso(one.connectedAt) }),
        ...(one.endedAt !== null && { disconnectedTime: toIso(one.endedAt) }),
        ...(one.disconnectType !== null && { disconnectType: one.disconnectType }),
        messages: messages(one),
      },
    ],
  };
}

/** The id of a participant's one communication; also its session id in analytics. */
export function communicationId(one: ParticipantRecord): string {
  return `${one.id.slice(0, -1)}${one.id.endsWith('0') ? '1' : '0'}`;
}

function times(one: ParticipantRecord) {
  return {
    startTime: toIso(one.startedAt),
    ...(one.connectedAt !== null && { connectedTime: toIso(one.connectedAt) }),
    ...(one.endedAt !== null && { endTime: toIso(one.endedAt) }),
  };
}

function afterCallWork(one: ParticipantRecord) {
  return {
    wrapupRequired: one.acwStartedAt !== null,
    ...(one.acwStartedAt !== null && { startAcwTime: toIso(one.acwStartedAt) }),
    ...(one.acwEndedAt !== null && { endAcwTime: toIso(one.acwEndedAt) }),
  };
}

function messages(one: ParticipantRecord): WireMessageDetails[] {
  return one.messageTimes.map((at, index) => ({
    messageId: `${one.id.slice(0, -4)}${(index + 1).toString(16).padStart(4, '0')}`,
    messageTime: toIso(at),
    messageStatus: one.purpose === 'customer' ? 'received' : 'delivery-success',
  }));
}

function inactivityTimeout(record: ConversationRecord) {
  return record.timer === null ? {} : { inactivityTimeout: toIso(record.timer.endsAt) };
}

function divisions(record: ConversationRecord): WireDivisionMembership[] {
  return record.divisionIds.map((id) => ({ division: { id }, entities: [{ id: record.id }] }));
}

function selfUri({ id }: ConversationRecord): string {
  return `/api/v2/conversations/messages/${id}`;
}
