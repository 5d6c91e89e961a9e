import { DatabaseError } from '../domain/errors.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import type { ServedConversation, ServedRecord, ServedRequest } from '../serve/ports.ts';
import type { AskedStore } from '../webhook/ports.ts';
import type { Db } from './connection.ts';
import { latestVersion, MIGRATIONS, schemaVersion } from './migrate.ts';
import { instant, type MappingColumns, type RequestColumns, toRequest } from './rows.ts';

type BySession = { readonly sessionId: string };
type Columns = Omit<MappingColumns, 'end_seen_at'> & {
  readonly outcome: OutcomeKind | null;
  readonly reason: string | null;
  readonly decided_at: string | null;
};
type SettledColumns = RequestColumns & {
  readonly settled_at: string | null;
  readonly outcome: OutcomeKind | null;
  readonly run_id: number | null;
  readonly outcome_reason: string | null;
  readonly detail: string | null;
};

/** The close requests that a server works on by itself. */
export function askedStore(db: Db): AskedStore {
  const pending = db.prepare<
    { readonly limit: number },
    Pick<RequestColumns, 'id' | 'conversation_id' | 'requested_at'>
  >(`
    SELECT id, conversation_id, requested_at FROM close_requests
    WHERE settled_at IS NULL AND origin = 'http' ORDER BY id LIMIT @limit`);
  return {
    pendingOverHttp: (limit) =>
      pending.all({ limit }).map((row) => ({
        requestId: row.id,
        conversationId: row.conversation_id,
        requestedAt: instant(row.requested_at),
      })),
  };
}

/** What is asked about sessions and close requests by those who do not write here themselves. */
export function servedReader(
  db: Db,
  migrations: URL = MIGRATIONS,
): Pick<ServedRecord, 'session' | 'request' | 'demandReady'> {
  const count = db.prepare<BySession, { readonly n: number }>(
    'SELECT count(*) AS n FROM mappings WHERE session_id = @sessionId',
  );
  const newest = db.prepare<BySession & { readonly limit: number }, Columns>(`
    SELECT newest.*, last.outcome, last.reason, last.decided_at
    FROM (
      SELECT * FROM mappings WHERE session_id = @sessionId
      ORDER BY started_at DESC, conversation_id LIMIT @limit
    ) AS newest
    LEFT JOIN outcomes AS last ON last.id = (
      SELECT o.id FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
      WHERE o.conversation_id = newest.conversation_id AND r.dry_run = 0 ORDER BY o.id DESC LIMIT 1
    )
    ORDER BY newest.started_at DESC, newest.conversation_id`);
  const byId = db.prepare<{ readonly id: number }, SettledColumns>(`
    SELECT asked.*, answer.run_id, answer.reason AS outcome_reason, answer.detail
    FROM close_requests AS asked
    LEFT JOIN outcomes AS answer ON answer.id = (
      SELECT o.id FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
      WHERE o.conversation_id = asked.conversation_id AND r.dry_run = 0
        AND o.outcome = asked.outcome AND o.decided_at = asked.settled_at
      ORDER BY o.id DESC LIMIT 1
    )
    WHERE asked.id = @id`);
  const latest = latestVersion(migrations);

  return {
    session: (sessionId, limit) =>
      db.read(() => ({
        total: count.get({ sessionId })?.n ?? 0,
        items: newest.all({ sessionId, limit }).map(toConversation),
      })),
    request: (id) => {
      const found = byId.get({ id });
      return found === undefined ? null : toServed(found);
    },
    demandReady: () => db.write(() => demandSchema(db, latest)),
  };
}

function demandSchema(db: Db, latest: number): void {
  const version = schemaVersion(db);
  if (version === latest) return;
  throw new DatabaseError(
    `The database ${db.path} has schema ${version} and ${latest} is needed; restart with the nightsweep that migrated it.`,
  );
}

function toConversation(row: Columns): ServedConversation {
  return {
    conversationId: row.conversation_id,
    userId: row.user_id,
    startedAt: instant(row.started_at),
    lastActivityAt: instant(row.last_activity_at),
    state: row.state,
    stateAt: instant(row.state_at),
    holdUntil: instant(row.hold_until),
    lastOutcome:
      row.outcome === null || row.decided_at === null
        ? null
        : { outcome: row.outcome, reason: row.reason, decidedAt: instant(row.decided_at) },
  };
}

function toServed(row: SettledColumns): ServedRequest {
  return {
    ...toRequest(row),
    settledAt: instant(row.settled_at),
    outcome: row.outcome,
    because:
      row.run_id === null ? null : { reason: row.outcome_reason, detail: row.detail, runId: row.run_id },
  };
}
