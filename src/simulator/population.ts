import type { Instant } from '../domain/time.ts';
import { makeConversation } from './kinds.ts';
import { type RandomStream, randomStream } from './random.ts';
import type { ConversationKind, ConversationRecord } from './record.ts';

/**
 * How many of each hundred: 45 ended, about 30 stale in one way or another, about 25 to be kept for one reason
 * or another (of those that wait in a queue some are still fresh).
 */
const OF_A_HUNDRED: Readonly<Record<ConversationKind, number>> = {
  closed: 29,
  abandoned: 16,
  waiting_in_queue: 10,
  with_bot: 6,
  agent_customer_silent: 7,
  after_call_work: 4,
  never_wrote: 4,
  recently_active: 7,
  agent_customer_waiting: 5,
  parked: 3,
  other_message_type: 4,
  own_timer: 3,
  reopened: 2,
};

/** Keeps the draws for kinds and for conversations apart. */
const STREAM = { kinds: 1, conversations: 2 };

/** What the user's own system knows of a conversation: a row of a mapping file. */
export interface MappingSample {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly startedAt: Instant;
  readonly lastActivityAt: Instant | null;
}

interface Sample {
  readonly record: ConversationRecord;
  readonly mapping: MappingSample;
}

/**
 * The conversations of the organisation at `now`. Ids and kinds depend on the seed and the place in the list only,
 * so a larger population begins with the smaller one, and another `now` moves only times.
 */
export function population(seed: number, size: number, now: Instant): ConversationRecord[] {
  return samples(seed, size, now).map(({ record }) => record);
}

/**
 * The mapping rows that belong to {@link population} of the same arguments, in the same order; of a smaller size, those
 * that belong to its beginning, so that the others are in no mapping.
 */
export function mappingRows(seed: number, size: number, now: Instant): MappingSample[] {
  return samples(seed, size, now).map(({ mapping }) => mapping);
}

function samples(seed: number, size: number, now: Instant): Sample[] {
  const made: Sample[] = [];
  let hundred: ConversationKind[] = [];
  for (let index = 0; index < size; index++) {
    if (index % 100 === 0) hundred = shuffledHundred(randomStream(seed, STREAM.kinds, index));
    const kind = hundred[index % 100] ?? 'closed';
    const random = randomStream(seed, STREAM.conversations, index);
    const record = makeConversation({ id: random.uuid(), kind, now, random });
    made.push({ record, mapping: mappingOf(record, random, made.at(-1)?.mapping ?? null) });
  }
  return made;
}

function shuffledHundred(random: RandomStream): ConversationKind[] {
  const kinds = (Object.keys(OF_A_HUNDRED) as ConversationKind[]).flatMap((kind) =>
    Array.from({ length: OF_A_HUNDRED[kind] }, () => ({ kind, order: random.next() })),
  );
  return kinds.sort((a, b) => a.order - b.order).map(({ kind }) => kind);
}

/** Some visitors come twice in one session, some are not logged in, and of some the last activity is not known. */
function mappingOf(
  record: ConversationRecord,
  random: RandomStream,
  previous: MappingSample | null,
): MappingSample {
  const wrote = record.participants
    .filter(({ purpose }) => purpose === 'customer')
    .flatMap(({ messageTimes }) => messageTimes);
  const own = `session-${random.uuid()}`;
  const user = `user-${random.int(10_000, 99_999)}`;
  const again = random.chance(0.04);
  const loggedIn = random.chance(0.7);
  const seen = random.chance(0.9);
  return {
    conversationId: record.id,
    sessionId: again && previous !== null ? previous.sessionId : own,
    userId: loggedIn ? user : null,
    startedAt: record.startedAt,
    lastActivityAt: seen && wrote.length > 0 ? Math.max(...wrote) : null,
  };
}
