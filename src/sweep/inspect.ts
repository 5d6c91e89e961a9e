import type { Conversation } from '../domain/conversation.ts';
import { type Decision, decide } from '../domain/decide.ts';
import type { Mapping } from '../domain/mapping.ts';
import type { Policy } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';
import type { Known } from './ports.ts';

/** What to do with a conversation as it was just read, by all that is known of it on our side. */
export function inspect(
  conversation: Conversation,
  { mapping, request }: Pick<Known, 'mapping' | 'request'>,
  policy: Policy,
  now: Instant,
): Decision {
  const relevant = mapping === null ? null : ofThisLife(mapping, conversation);
  return decide(conversation, relevant, request, policy, now);
}

/**
 * An active conversation that had ended was come back to since. Our own side's activity from before that end says
 * nothing about its new life, and a remote side that does not tell either must not make it look stale.
 */
function ofThisLife(mapping: Mapping, conversation: Conversation): Mapping {
  const { state, stateAt, lastActivityAt } = mapping;
  const cameBack = state === 'closed' && conversation.status === 'active';
  const isOld = lastActivityAt !== null && stateAt !== null && lastActivityAt <= stateAt;
  return cameBack && isOld ? { ...mapping, lastActivityAt: null } : mapping;
}
