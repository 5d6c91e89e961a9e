import type { Conversation } from '../domain/conversation.ts';
import type { Instant } from '../domain/time.ts';
import type { CloseReply, ConversationApi } from '../sweep/ports.ts';
import { canonicalId } from './canonical-id.ts';
import { found } from './found.ts';
import { onOurClock } from './remote-clock.ts';
import type { Operation, Send } from './request.ts';

/** What the two contracts differ in. Moments are those of the remote clock, as they arrive. */
export interface Contract {
  /** Where a conversation is, from the host's root, with `{id}` in the place of its id. */
  readonly route: string;
  /** What the client must be granted, in words for a 403. */
  readonly permission: { readonly read: string; readonly close: string };
  readonly closeBody: Readonly<Record<string, string>>;
  readonly toConversation: (conversationId: string, json: unknown) => Conversation;
  /** Whether the answer to a close already shows the end. */
  readonly proofOf: (conversationId: string, json: unknown) => CloseReply['proof'];
}

/**
 * One contract behind the interface that the sweep knows.
 *
 * @param toLocal puts a moment of the remote clock on ours
 */
export function createConversationApi(
  send: Send,
  toLocal: (remote: Instant) => Instant,
  contract: Contract,
): ConversationApi {
  const read: Operation = {
    what: 'reading the conversation',
    counts: 'reads',
    permission: contract.permission.read,
    repeatable: true,
    optional: false,
    priority: 'normal',
  };
  const urgentRead: Operation = { ...read, priority: 'first' };
  const close: Operation = {
    what: 'closing the conversation',
    counts: 'closes',
    permission: contract.permission.close,
    repeatable: false,
    optional: false,
    priority: 'first',
  };
  const { route } = contract;
  const pathOf = (conversationId: string) => route.replace('{id}', canonicalId(conversationId));
  return {
    read: async (conversationId, context) => {
      const operation = context.urgent === true ? urgentRead : read;
      const path = pathOf(conversationId);
      const json = await found(send({ operation, method: 'GET', route, path, body: null }, context));
      return json === null ? null : onOurClock(contract.toConversation(conversationId, json), toLocal);
    },
    close: async (conversationId, context) => {
      const path = pathOf(conversationId);
      const request = { operation: close, method: 'PATCH', route, path, body: contract.closeBody } as const;
      const json = await send(request, context);
      const proof = contract.proofOf(conversationId, json);
      return { proof: proof === null ? null : { endedAt: toLocal(proof.endedAt) } };
    },
  };
}
