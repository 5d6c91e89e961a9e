import type { DiscoverStore } from '../discover/ports.ts';
import type { MappingState } from '../domain/mapping.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

interface OpenColumns {
  readonly conversation_id: string;
  readonly session_id: string;
  readonly started_at: string;
  readonly last_activity_at: string | null;
}

/** Sorts before every stored id. */
const FIRST = '';

/** What the mapping knows, held against what Genesys does. */
export function discoverStore(db: Db): DiscoverStore {
  const stateOf = db.prepare<
    { readonly id: string },
    { readonly conversation_id: string; readonly state: MappingState }
  >('SELECT conversation_id, state FROM mappings WHERE conversation_id = @id');
  const pageOpen = db.prepare<
    { readonly since: string; readonly until: string; readonly id: string; readonly size: number },
    OpenColumns
  >(`
    SELECT conversation_id, session_id, started_at, last_activity_at FROM mappings
    WHERE conversation_id > @id AND state = 'open' AND started_at >= @since AND started_at < @until
    ORDER BY conversation_id LIMIT @size`);

  return {
    statesOf: (ids) =>
      db.read(() => {
        const rows = ids.flatMap((id) => stateOf.get({ id }) ?? []);
        return new Map(rows.map((row) => [row.conversation_id, row.state]));
      }),
    pageOpen: ({ since, until }, afterId, size) =>
      pageOpen.all({ since: text(since), until: text(until), id: afterId ?? FIRST, size }).map((row) => ({
        conversationId: row.conversation_id,
        sessionId: row.session_id,
        startedAt: instant(row.started_at),
        lastActivityAt: instant(row.last_activity_at),
      })),
  };
}
