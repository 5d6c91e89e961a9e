import type { OutcomeKind } from '../domain/outcome.ts';
import type { Known } from '../sweep/ports.ts';
import type { Db } from './connection.ts';
import {
  instant,
  MAPPING_BY_ID,
  type MappingColumns,
  type RequestColumns,
  toMapping,
  toRequest,
} from './rows.ts';

type ById = { readonly id: string };

interface LastOutcomeColumns {
  readonly outcome: OutcomeKind;
  readonly decided_at: string;
  readonly run_id: number;
}

/**
 * Reads what is known of one conversation, in whatever transaction the caller has begun.
 * "Newest" is the order of recording, which a clock that was set back cannot turn around.
 */
export function knownReader(db: Db): (conversationId: string) => Known {
  const mapping = db.prepare<ById, MappingColumns>(MAPPING_BY_ID);
  const request = db.prepare<ById, RequestColumns>(
    'SELECT * FROM close_requests WHERE conversation_id = @id AND settled_at IS NULL',
  );
  const lastOutcome = db.prepare<ById, LastOutcomeColumns>(`
    SELECT o.outcome, o.decided_at, o.run_id
    FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @id AND r.dry_run = 0 AND o.outcome NOT IN ('not_attempted', 'expired', 'failed')
    ORDER BY o.id DESC LIMIT 1`);
  const intent = db.prepare<ById, { readonly intended_at: string }>(
    'SELECT intended_at FROM intents WHERE conversation_id = @id',
  );

  return (id) => {
    const mapped = mapping.get({ id });
    const requested = request.get({ id });
    const last = lastOutcome.get({ id });
    return {
      mapping: mapped === undefined ? null : toMapping(mapped),
      request: requested === undefined ? null : toRequest(requested),
      lastOutcome:
        last === undefined
          ? null
          : { outcome: last.outcome, decidedAt: instant(last.decided_at), runId: last.run_id },
      intendedAt: instant(intent.get({ id })?.intended_at ?? null),
    };
  };
}
