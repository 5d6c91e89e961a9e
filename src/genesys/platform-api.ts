import type { Instant } from '../domain/time.ts';
import type { ConversationApi } from '../sweep/ports.ts';
import { createConversationApi } from './conversation-api.ts';
import { readMessageConversation } from './platform-conversation.ts';
import type { Send } from './request.ts';
import { ROUTES } from './routes.ts';
import { closeReply, isEndedState } from './wire.ts';

/** The real Platform API (`api: platform`). */
export function createPlatformApi(send: Send, toLocal: (remote: Instant) => Instant): ConversationApi {
  return createConversationApi(send, toLocal, {
    route: ROUTES.message,
    permission: {
      read: 'conversation:communication:view',
      close: 'conversation:communication:disconnect',
    },
    closeBody: { state: 'disconnected' },
    toConversation: readMessageConversation,
    proofOf,
  });
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
