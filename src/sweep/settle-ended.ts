import type { Conversation } from '../domain/conversation.ts';
import { type Instant, toIso } from '../domain/time.ts';
import { foundEnded } from './ended.ts';
import type { Clock, Known, WorkStore } from './ports.ts';
import { newTrace, type Recorder, toOutcome } from './recorder.ts';

/**
 * Settles due conversations that the survey shows to have ended, in one transaction. Returns the ids that are settled;
 * the others must be read: analytics is behind by minutes, and cannot know of a new life that our own side has seen.
 */
export type SettleEnded = (ended: ReadonlyMap<string, Conversation>) => ReadonlySet<string>;

export function createSettleEnded(parts: {
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly recorder: Recorder;
}): SettleEnded {
  const { work, clock, recorder } = parts;
  return (ended) => {
    const now = clock.now();
    const outcomes = [...ended.values()].flatMap((conversation) => {
      const known = work.known(conversation.id);
      const { endedAt } = conversation;
      if (endedAt === null || !isSettledBy(endedAt, known)) return [];
      const sentence = `by analytics it has already ended at ${toIso(endedAt)}`;
      const finding = foundEnded(conversation, known, sentence, now);
      return [toOutcome(conversation.id, known, conversation, newTrace(), now, finding)];
    });
    if (outcomes.length > 0) recorder.recordAll(outcomes);
    return new Set(outcomes.map(({ conversationId }) => conversationId));
  };
}

/** Whoever asked for a close wants to know what is so now, and an intent must be settled by reading. */
function isSettledBy(endedAt: Instant, { mapping, request, intendedAt, lastOutcome }: Known): boolean {
  if (mapping === null || request !== null || intendedAt !== null) return false;
  // We have seen it alive since that end: it is that of an earlier life.
  const isOlder = lastOutcome !== null && lastOutcome.decidedAt > endedAt;
  if (isOlder && (lastOutcome.outcome === 'kept' || lastOutcome.outcome === 'unconfirmed')) return false;
  // A session that began after that end is a sign of life too.
  return Math.max(mapping.startedAt, mapping.lastActivityAt ?? 0) <= endedAt;
}
