import type { OutcomeKind } from '../domain/outcome.ts';
import type { History, SessionConversation, SettledRequest } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { type OutcomeColumns, toOutcome } from './outcome-rows.ts';
import {
  instant,
  MAPPING_BY_ID,
  type MappingColumns,
  type RequestColumns,
  toMapping,
  toRequest,
} from './rows.ts';
import { detailSinceReader } from './summaries.ts';

type ById = { readonly id: string };

interface SettledColumns extends RequestColumns {
  readonly settled_at: string | null;
  readonly outcome: OutcomeKind | null;
}

/** Reads everything recorded about one conversation, as of one moment. */
export function historyReader(db: Db): (conversationId: string) => History {
  const mapping = db.prepare<ById, MappingColumns & { readonly created_at: string }>(MAPPING_BY_ID);
  const intent = db.prepare<ById, { readonly intended_at: string }>(
    'SELECT intended_at FROM intents WHERE conversation_id = @id',
  );
  const requests = db.prepare<ById, SettledColumns>(
    'SELECT * FROM close_requests WHERE conversation_id = @id ORDER BY id',
  );
  const outcomes = db.prepare<ById, OutcomeColumns & { readonly dry_run: 0 | 1 }>(`
    SELECT o.*, r.dry_run FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @id ORDER BY o.id`);
  const detailSince = detailSinceReader(db);

  return (id) =>
    db.read(() => {
      const mapped = mapping.get({ id });
      return {
        mapping: mapped === undefined ? null : toMapping(mapped),
        mappedAt: instant(mapped?.created_at ?? null),
        source: mapped?.source ?? null,
        intendedAt: instant(intent.get({ id })?.intended_at ?? null),
        requests: requests.all({ id }).map(toSettled),
        outcomes: outcomes
          .all({ id })
          .map((row) => ({ ...toOutcome(row), runId: row.run_id, dryRun: row.dry_run === 1 })),
        detailSince: detailSince(),
      };
    });
}

function toSettled(row: SettledColumns): SettledRequest {
  return { ...toRequest(row), settledAt: instant(row.settled_at), outcome: row.outcome };
}

interface SessionColumns extends Pick<MappingColumns, 'conversation_id' | 'state' | 'started_at'> {
  readonly last_activity_at: string | null;
  readonly state_at: string | null;
  readonly last_outcome: OutcomeKind | null;
}

/** Reads which conversations a session has, ended ones included. */
export function sessionReader(db: Db): (sessionId: string) => SessionConversation[] {
  const ofSession = db.prepare<{ readonly sessionId: string }, SessionColumns>(`
    SELECT conversation_id, state, started_at, last_activity_at, state_at, (
      SELECT o.outcome FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
      WHERE o.conversation_id = mappings.conversation_id AND r.dry_run = 0 ORDER BY o.id DESC LIMIT 1
    ) AS last_outcome
    FROM mappings WHERE session_id = @sessionId ORDER BY started_at, conversation_id`);
  return (sessionId) =>
    ofSession.all({ sessionId }).map((row) => ({
      conversationId: row.conversation_id,
      state: row.state,
      startedAt: instant(row.started_at),
      lastActivityAt: instant(row.last_activity_at),
      stateAt: instant(row.state_at),
      lastOutcome: row.last_outcome,
    }));
}
