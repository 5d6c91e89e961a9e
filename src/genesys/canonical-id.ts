import { parseConversationId } from '../domain/ids.ts';

/**
 * The id, about to become a part of a URL. Whoever asks has validated it long ago, so any other text is a bug, and
 * better the end of the run than a request to somewhere else.
 */
export function canonicalId(conversationId: string): string {
  if (parseConversationId(conversationId) === conversationId) return conversationId;
  throw new Error(`${JSON.stringify(conversationId.slice(0, 60))} reached a URL and is no conversation id`);
}
