import { type Instant, toIso } from '../domain/time.ts';
import { communicationId } from './platform-view.ts';
import type { ConversationRecord, ParticipantRecord } from './record.ts';
import type { WireAnalyticsConversation, WireAnalyticsSegment } from './wire.ts';

/**
 * What analytics knows of a conversation when its data reaches up to `asOf`; null when it had not begun by then.
 */
export function analyticsConversation(
  record: ConversationRecord,
  asOf: Instant,
): WireAnalyticsConversation | null {
  if (record.startedAt > asOf) return null;
  const last = record.history.findLast(({ at }) => at <= asOf);
  return {
    conversationId: record.id,
    conversationStart: toIso(record.startedAt),
    ...(last?.event === 'ended' && { conversationEnd: toIso(last.at) }),
    ...(record.timer !== null && { inactivityTimeout: toIso(record.timer.endsAt) }),
    originatingDirection: 'inbound',
    divisionIds: [...record.divisionIds],
    participants: record.participants
      .filter(({ startedAt }) => startedAt <= asOf)
      .map((one) => ({
        participantId: one.id,
        purpose: one.purpose,
        ...(one.userId !== null && { userId: one.userId }),
        sessions: [
          {
            sessionId: communicationId(one),
            mediaType: 'message',
            messageType: record.messageType,
            direction: 'inbound',
            segments: [segment(one, asOf)],
          },
        ],
      })),
  };
}

function segment(one: ParticipantRecord, asOf: Instant): WireAnalyticsSegment {
  const ended = one.endedAt !== null && one.endedAt <= asOf;
  return {
    segmentType: one.purpose === 'acd' ? 'delay' : 'interact',
    segmentStart: toIso(one.startedAt),
    ...(ended && one.endedAt !== null && { segmentEnd: toIso(one.endedAt) }),
    ...(ended && one.disconnectType !== null && { disconnectType: one.disconnectType }),
    ...(one.queueId !== null && { queueId: one.queueId }),
  };
}
