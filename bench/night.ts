import { DAY, HOUR, type Instant, MINUTE } from '../src/domain/time.ts';
import { makeConversation } from '../src/simulator/kinds.ts';
import { randomStream } from '../src/simulator/random.ts';
import type { ConversationKind, ConversationRecord } from '../src/simulator/record.ts';

/** The reference night: 85 % ended, 12 % stale, 3 % recently active. */
export function referenceNight(
  size: number,
  seed: number,
  now: Instant,
): { conversations: ConversationRecord[]; mapping: string } {
  const conversations: ConversationRecord[] = [];
  const lines = ['session_id,conversation_id,started_at,last_activity_at'];
  for (let i = 0; i < size; i++) {
    const random = randomStream(seed, 77, i);
    const place = i % 100;
    const kind: ConversationKind =
      place < 60
        ? 'closed'
        : place < 85
          ? 'abandoned'
          : place < 92
            ? 'waiting_in_queue'
            : place < 97
              ? 'with_bot'
              : 'recently_active';
    const idleMs = kind === 'recently_active' ? 20 * MINUTE : 2 * DAY + random.next() * 5 * DAY;
    const id = random.uuid();
    conversations.push(makeConversation({ id, kind, now, random, idleMs }));
    // The user's own side has been silent for long, else it would not be due.
    const started = new Date(now - 10 * DAY + random.next() * HOUR).toISOString();
    lines.push(`s-${i},${id},${started},`);
  }
  return { conversations, mapping: `${lines.join('\n')}\n` };
}
