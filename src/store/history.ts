import type { OutcomeKind } from '../domain/outcome.ts';
import type { History, SettledRequest } from '../report/ports.ts';
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

type ById = { readonly id: string };

interface SettledColumns extends RequestColumns {
  readonly settled_at: string | null;
  readonly outcome: OutcomeKind | null;
}

/** Reads everything recorded about one conversation, as of one moment. */
export function historyReader(db: Db): (conversationId: string) => History {
  const mapping = db.prepare<ById, MappingColumns>(MAPPING_BY_ID);
  const intent = db.prepare<ById, { readonly intended_at: string }>(
    'SELECT intended_at FROM intents WHERE conversation_id = @id',
  );
  const requests = db.prepare<ById, SettledColumns>(
    'SELECT * FROM close_requests WHERE conversation_id = @id ORDER BY id',
  );
  const outcomes = db.prepare<ById, OutcomeColumns & { readonly dry_run: 0 | 1 }>(`
    SELECT o.*, r.dry_run FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @id ORDER BY o.id`);

  return (id) =>
    db.read(() => {
      const mapped = mapping.get({ id });
      return {
        mapping: mapped === undefined ? null : toMapping(mapped),
        source: mapped?.source ?? null,
        intendedAt: instant(intent.get({ id })?.intended_at ?? null),
        requests: requests.all({ id }).map(toSettled),
        outcomes: outcomes
          .all({ id })
          .map((row) => ({ ...toOutcome(row), runId: row.run_id, dryRun: row.dry_run === 1 })),
      };
    });
}

function toSettled(row: SettledColumns): SettledRequest {
  return { ...toRequest(row), settledAt: instant(row.settled_at), outcome: row.outcome };
}
