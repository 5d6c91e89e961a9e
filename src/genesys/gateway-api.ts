import { type Conversation, unreadable } from '../domain/conversation.ts';
import type { ConversationApi } from '../sweep/ports.ts';
import { found } from './found.ts';
import type { Operation, Send } from './request.ts';
import { gatewayConversation, problemOf } from './wire.ts';

const READ: Operation = {
  what: 'reading the conversation',
  counts: 'reads',
  permission: 'the scope conversation:read',
  repeatable: true,
  priority: 'normal',
};
const URGENT_READ: Operation = { ...READ, priority: 'first' };
const CLOSE: Operation = {
  what: 'closing the conversation',
  counts: 'closes',
  permission: 'the scope conversation:message:write',
  repeatable: false,
  priority: 'first',
};

const path = (conversationId: string) => `/api/v2/conversations/messaging/${conversationId}`;

/**
 * The contract of gateways that offer `PATCH … {"status":"closed"}` (`api: gateway`). Its answers carry no times,
 * no participants and no proof: whether a close took effect is always read.
 *
 * @param closeReason sent along where the organisation requires one
 */
export function createGatewayApi(send: Send, closeReason: string | null): ConversationApi {
  return {
    read: async (conversationId, context) => {
      const request = {
        operation: context.urgent === true ? URGENT_READ : READ,
        method: 'GET',
        path: path(conversationId),
        body: null,
      } as const;
      const json = await found(send(request, context));
      return json === null ? null : readGatewayConversation(conversationId, json);
    },
    close: async (conversationId, context) => {
      const request = {
        operation: CLOSE,
        method: 'PATCH',
        path: path(conversationId),
        body: { status: 'closed', ...(closeReason === null ? {} : { closeReason }) },
      } as const;
      await send(request, context);
      return { proof: null };
    },
  };
}

function readGatewayConversation(conversationId: string, json: unknown): Conversation {
  const parsed = gatewayConversation.safeParse(json);
  if (!parsed.success) return unreadable(conversationId, problemOf(parsed.error));
  const { id, status } = parsed.data;
  if (typeof id === 'string' && id !== conversationId) {
    return unreadable(conversationId, 'the reply is about another conversation');
  }
  return {
    ...unreadable(conversationId, ''),
    problem: null,
    status: status === 'closed' || status === 'abandoned' ? status : 'active',
    // Web messaging by contract.
    messageTypes: ['webmessaging'],
  };
}
