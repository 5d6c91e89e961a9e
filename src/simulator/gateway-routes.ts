import { conversationOf, type Handler, jsonBodyOf } from './call.ts';
import { gatewayConversation } from './gateway-view.ts';
import { isActive } from './record.ts';
import { badRequest, json, Refusal } from './reply.ts';

/** `GET /api/v2/conversations/messaging/{conversationId}` */
export const readMessaging: Handler = (call) => json(200, gatewayConversation(conversationOf(call)));

/** `PATCH /api/v2/conversations/messaging/{conversationId}` with `{"status":…,"closeReason"?:…}` */
export const closeMessaging: Handler = (call) => {
  const record = conversationOf(call);
  const { status, closeReason } = jsonBodyOf(call);
  if (status !== 'closed' && status !== 'abandoned' && status !== 'active') {
    throw badRequest('The status must be one of {allowed}.', { allowed: 'active, closed, abandoned' });
  }
  if (closeReason !== undefined && typeof closeReason !== 'string') {
    throw badRequest('The closeReason must be a text.');
  }
  if (!isActive(record)) throw new Refusal(409, 'conflict', 'The conversation has already ended.');
  if (status !== 'active') call.world.close(record.id, status);
  return json(200, gatewayConversation(conversationOf(call)));
};
