import type { OpenConversation } from '../discover/ports.ts';
import { discoveredSession } from '../domain/discovered.ts';
import { toIso } from '../domain/time.ts';
import { type CsvValue, toCsv } from './formats/csv.ts';

const MAPPING = ['session_id', 'conversation_id', 'started_at'];

function mappingCells({ conversationId, startedAt }: OpenConversation): CsvValue[] {
  return [discoveredSession(conversationId), conversationId, toIso(startedAt)];
}

/**
 * Conversations that no mapping knows, as a CSV for people to review and for `import mapping` to take. When the own side
 * was last active is not in it: Genesys cannot know.
 */
export function discoveredList(conversations: readonly OpenConversation[]): string {
  return toCsv(
    [...MAPPING, 'last_change_at', 'queue_id', 'agent_connected'],
    conversations.map((one) => [
      ...mappingCells(one),
      one.lastChangeAt === null ? null : toIso(one.lastChangeAt),
      one.queueId,
      one.agentConnected === null ? null : String(one.agentConnected),
    ]),
  );
}

/** The same as a mapping and nothing else. */
export function discoveredMapping(conversations: readonly OpenConversation[]): string {
  return toCsv(MAPPING, conversations.map(mappingCells));
}
