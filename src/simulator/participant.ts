import type { Instant } from '../domain/time.ts';
import type { ParticipantRecord } from './record.ts';

type Given = Pick<ParticipantRecord, 'id' | 'purpose' | 'startedAt'> & Partial<ParticipantRecord>;

/** Somebody connected from the start, unless said otherwise; one with an end has left. */
export function participant(given: Given): ParticipantRecord {
  const endedAt = given.endedAt ?? null;
  return {
    state: endedAt === null ? 'connected' : 'disconnected',
    connectedAt: given.startedAt,
    disconnectType: endedAt === null ? null : 'client',
    queueId: null,
    userId: null,
    messageTimes: [],
    parkedAt: null,
    resumedAt: null,
    acwStartedAt: null,
    acwEndedAt: null,
    ...given,
    endedAt,
  };
}

/** Somebody says something: a parked agent takes the conversation up again by it. */
export function writes(who: ParticipantRecord, at: Instant): void {
  who.messageTimes.push(at);
  if (who.state !== 'parked') return;
  who.state = 'connected';
  who.resumedAt = at;
}
