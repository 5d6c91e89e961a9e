import type { HoldStore } from '../intake/ports.ts';
import type { Db } from './connection.ts';
import { text } from './rows.ts';

/** Holds, and the way from a session to its conversations. */
export function holdStore(db: Db): HoldStore {
  const setHold = db.prepare<{ readonly id: string; readonly until: string | null; readonly now: string }>(
    'UPDATE mappings SET hold_until = @until, updated_at = @now WHERE conversation_id = @id',
  );
  const openOf = db.prepare<{ readonly sessionId: string }, { readonly conversation_id: string }>(`
    SELECT conversation_id FROM mappings WHERE session_id = @sessionId AND state = 'open'
    ORDER BY started_at, conversation_id`);

  return {
    hold: (conversationIds, until, now) =>
      db.write(() =>
        conversationIds.filter((id) => setHold.run({ id, until: text(until), now: text(now) }).changes === 0),
      ),
    conversationsOf: (sessionId) => openOf.all({ sessionId }).map((row) => row.conversation_id),
  };
}
