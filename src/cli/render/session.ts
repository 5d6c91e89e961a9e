import { type Instant, toIso } from '../../domain/time.ts';
import type { SessionConversation } from '../../report/ports.ts';
import { visible } from '../../report/text.ts';
import type { Colors } from '../output.ts';
import { hang } from './hang.ts';
import { numberTable } from './table.ts';

/** The public object of `explain --session`, where that has several conversations. */
export function sessionJson(sessionId: string, conversations: readonly SessionConversation[]): object {
  return {
    sessionId,
    conversations: conversations.map((one) => ({
      ...one,
      startedAt: toIso(one.startedAt),
      lastActivityAt: iso(one.lastActivityAt),
      stateAt: iso(one.stateAt),
    })),
  };
}

/** The same as a table, with what to do next. */
export function sessionText(
  sessionId: string,
  conversations: readonly SessionConversation[],
  colors: Colors,
): string {
  const head = `Session ${visible(sessionId)} has ${conversations.length} conversations; explain one by its id.`;
  const rows = conversations.map(({ conversationId, state, startedAt, lastOutcome }) => [
    conversationId,
    state,
    toIso(startedAt).slice(0, 16).replace('T', ' '),
    lastOutcome ?? '-',
  ]);
  return `${hang(head, 0)}\n\n${numberTable(['conversation', 'state', 'started (UTC)', 'last outcome'], rows, colors)}`;
}

function iso(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
