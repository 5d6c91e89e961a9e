import type { Conversation } from '../domain/conversation.ts';
import { endedAfterIntent } from '../domain/outcome.ts';
import { HOUR, type Instant } from '../domain/time.ts';
import type { Known } from './ports.ts';
import type { Finding } from './recorder.ts';

/** A close that was accepted shows within minutes; an end long after it is one of its own. */
const SHOWS_WITHIN_MS = HOUR;

/**
 * What it means that a conversation has ended without a close of this run: the last we know may be a close that had
 * not shown yet, and then this is its end.
 *
 * @param sentence for an end that is none of ours
 * @param now when it was found, for a remote side that does not tell when it ended
 */
export function foundEnded(
  conversation: Conversation,
  { lastOutcome }: Pick<Known, 'lastOutcome'>,
  sentence: string,
  now: Instant,
): Finding {
  const { endedAt } = conversation;
  return lastOutcome?.outcome === 'unconfirmed' &&
    endedAfterIntent(conversation, lastOutcome.decidedAt) &&
    (endedAt === null || endedAt <= lastOutcome.decidedAt + SHOWS_WITHIN_MS)
    ? {
        outcome: 'closed',
        reason: 'confirmed_late',
        detail: `the close of run ${lastOutcome.runId} took effect after that run gave up waiting`,
        closedAt: endedAt ?? now,
      }
    : { outcome: 'already_closed', reason: 'ended', detail: sentence, closedAt: endedAt };
}
