import { type ConversationRecord, isLive, statusOf } from './record.ts';

/** What a gateway of the other contract tells about a conversation. */
export interface GatewayConversation {
  readonly id: string;
  /** `closed` and `abandoned` are ended, everything else is a way of being active. */
  readonly status: 'active' | 'queued' | 'wrapup' | 'closed' | 'abandoned';
}

export function gatewayConversation(record: ConversationRecord): GatewayConversation {
  const status = statusOf(record);
  return { id: record.id, status: status === 'active' ? wayOfBeingActive(record) : status };
}

function wayOfBeingActive({ participants }: ConversationRecord): GatewayConversation['status'] {
  if (participants.some((one) => one.purpose === 'agent' && isLive(one))) return 'active';
  if (participants.some((one) => one.acwStartedAt !== null && one.acwEndedAt === null)) return 'wrapup';
  return participants.some((one) => one.purpose === 'acd' && isLive(one)) ? 'queued' : 'active';
}
