import { type Call, conversationOf, type Handler, jsonBodyOf } from './call.ts';
import { messageConversation, patchedConversation } from './platform-view.ts';
import { isActive } from './record.ts';
import { badRequest, json, notFound, Refusal } from './reply.ts';

/** `GET /api/v2/conversations/messages/{conversationId}` */
export const readMessage: Handler = (call) => json(200, messageConversation(conversationOf(call)));

/** `PATCH /api/v2/conversations/messages/{conversationId}` with `{"state":"disconnected"}`, its only use here. */
export const closeMessage: Handler = (call) => {
  const record = conversationOf(call);
  const { state, ...others } = jsonBodyOf(call);
  if (state !== 'disconnected' || Object.keys(others).length > 0) {
    throw badRequest('Only a state of {state} can be set.', { state: 'disconnected' });
  }
  if (!isActive(record)) throw hasEnded(call);
  call.world.close(record.id, null);
  return json(200, patchedConversation(conversationOf(call)));
};

/** Nobody here knows which of the documented answers the real service gives, so it can be chosen. */
function hasEnded({ options }: Call): Refusal {
  switch (options.patchEndedStatus) {
    case 400:
      return badRequest('The conversation has already ended.');
    case 404:
      return notFound('The requested conversation was not found.');
    case 409:
      return new Refusal(409, 'conflict', 'The conversation has already ended.');
  }
}
