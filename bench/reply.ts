import { makeConversation } from '../src/simulator/kinds.ts';
import { messageConversation } from '../src/simulator/platform-view.ts';
import { randomStream } from '../src/simulator/random.ts';

/** A reply of the usual size: a conversation with an agent and some messages. */
export function conversationView(): unknown {
  const id = '00000000-0000-4000-8000-000000000001';
  const now = Date.now();
  return messageConversation(
    makeConversation({ id, kind: 'agent_customer_silent', now, random: randomStream(1) }),
  );
}
