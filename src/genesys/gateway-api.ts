import { type Conversation, unreadable } from '../domain/conversation.ts';
import type { Instant } from '../domain/time.ts';
import type { ConversationApi } from '../sweep/ports.ts';
import { createConversationApi } from './conversation-api.ts';
import type { Send } from './request.ts';
import { ROUTES } from './routes.ts';
import { gatewayConversation, problemOf } from './wire.ts';

/**
 * The contract of gateways that offer `PATCH … {"status":"closed"}` (`api: gateway`). Its answers carry no times,
 * no participants and no proof: whether a close took effect is always read.
 *
 * @param closeReason sent along where the organisation requires one
 */
export function createGatewayApi(
  send: Send,
  toLocal: (remote: Instant) => Instant,
  closeReason: string | null,
): ConversationApi {
  return createConversationApi(send, toLocal, {
    route: ROUTES.gatewayMessage,
    permission: { read: 'the scope conversation:read', close: 'the scope conversation:message:write' },
    closeBody: { status: 'closed', ...(closeReason === null ? {} : { closeReason }) },
    toConversation: readGatewayConversation,
    proofOf: () => null,
  });
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
