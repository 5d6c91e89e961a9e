import type { Instant } from '../domain/time.ts';
import type { Resting } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, limitOf, text } from './rows.ts';

interface RestingColumns {
  readonly conversation_id: string;
  readonly rests_until: string;
  readonly outcome: Resting['outcome'];
  readonly http_status: number | null;
  readonly correlation_id: string | null;
}

/** Reads what could not be closed three nights running, the longest at rest first, with its latest outcome. */
export function restingReader(db: Db): (now: Instant, limit: number) => Resting[] {
  const resting = db.prepare<{ readonly now: string; readonly limit: number }, RestingColumns>(`
    SELECT m.conversation_id, m.rests_until, o.outcome, o.http_status, o.correlation_id
    FROM mappings AS m JOIN outcomes AS o ON o.id = (
      SELECT max(last.id) FROM outcomes AS last JOIN runs AS r ON r.id = last.run_id
      WHERE last.conversation_id = m.conversation_id AND r.dry_run = 0
        AND last.outcome IN ('unconfirmed', 'failed')
    )
    WHERE m.rests_until > @now
    ORDER BY m.rests_until, m.conversation_id LIMIT @limit`);

  return (now, limit) =>
    resting.all({ now: text(now), limit: limitOf(limit) }).map((row) => ({
      conversationId: row.conversation_id,
      restsUntil: instant(row.rests_until),
      outcome: row.outcome,
      httpStatus: row.http_status,
      correlationId: row.correlation_id,
    }));
}
