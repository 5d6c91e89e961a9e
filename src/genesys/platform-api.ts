import type { ConversationApi } from '../sweep/ports.ts';
import { found } from './found.ts';
import { readMessageConversation } from './platform-conversation.ts';
import type { Operation, Send } from './request.ts';
import { closeReply, isEndedState } from './wire.ts';

const READ: Operation = {
  what: 'reading the conversation',
  counts: 'reads',
  permission: 'conversation:communication:view',
  repeatable: true,
  priority: 'normal',
};
const URGENT_READ: Operation = { ...READ, priority: 'first' };
const CLOSE: Operation = {
  what: 'closing the conversation',
  counts: 'closes',
  permission: 'conversation:communication:disconnect',
  repeatable: false,
  priority: 'first',
};

const path = (conversationId: string) => `/api/v2/conversations/messages/${conversationId}`;

/** The real Platform API (`api: platform`). */
export function createPlatformApi(send: Send): ConversationApi {
  return {
    read: async (conversationId, context) => {
      const request = {
        operation: context.urgent === true ? URGENT_READ : READ,
        method: 'GET',
        path: path(conversationId),
        body: null,
      } as const;
      const json = await found(send(request, context));
      return json === null ? null : readMessageConversation(conversationId, json);
    },
    close: async (conversationId, context) => {
      const request = {
        operation: CLOSE,
        method: 'PATCH',
        path: path(conversationId),
        body: { state: 'disconnected' },
      } as const;
      return { proof: proofOf(conversationId, await send(request, context)) };
    },
  };
}

/**
 * The answer shows the end when it is about this conversation and has a top-level `endTime`, at least one
 * participant, and none of them live. Any other 2xx proves nothing.
 */
function proofOf(conversationId: string, json: unknown): { endedAt: number } | null {
  const parsed = closeReply.safeParse(json);
  if (!parsed.success) return null;
  const { id, endTime, participants } = parsed.data;
  if (typeof id === 'string' && id !== conversationId) return null;
  const noneLive = participants.every(
    (p) =>
      p.endTime !== null ||
      ((p.messages ?? []).length > 0 && (p.messages ?? []).every((m) => isEndedState(m.state ?? ''))),
  );
  return endTime !== null && participants.length > 0 && noneLive ? { endedAt: endTime } : null;
}
