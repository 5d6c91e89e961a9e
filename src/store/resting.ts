import type { Instant } from '../domain/time.ts';
import type { Page, Resting } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, limitOf, text } from './rows.ts';

interface RestingColumns {
  readonly conversation_id: string;
  readonly session_id: string;
  readonly rests_until: string;
  readonly outcome: Resting['outcome'];
  readonly http_status: number | null;
  readonly error_code: string | null;
  readonly correlation_id: string | null;
  readonly decided_at: string;
}

/** Reads what could not be closed three nights running, the longest at rest first, with its latest outcome. */
export function restingReader(db: Db): (now: Instant, limit: number) => Page<Resting> {
  const resting = db.prepare<{ readonly now: string; readonly limit: number }, RestingColumns>(`
    SELECT m.conversation_id, m.session_id, m.rests_until, o.outcome, o.http_status, o.error_code,
      o.correlation_id, o.decided_at
    FROM mappings AS m JOIN outcomes AS o ON o.id = (
      SELECT max(last.id) FROM outcomes AS last JOIN runs AS r ON r.id = last.run_id
      WHERE last.conversation_id = m.conversation_id AND r.dry_run = 0
        AND last.outcome IN ('unconfirmed', 'failed')
    )
    WHERE m.rests_until > @now
    ORDER BY m.rests_until, m.conversation_id LIMIT @limit`);

  const count = db.prepare<{ readonly now: string }, { readonly n: number }>(
    'SELECT count(*) AS n FROM mappings WHERE rests_until > @now',
  );

  return (now, limit) => ({
    total: count.get({ now: text(now) })?.n ?? 0,
    items: resting.all({ now: text(now), limit: limitOf(limit) }).map((row) => ({
      conversationId: row.conversation_id,
      sessionId: row.session_id,
      restsUntil: instant(row.rests_until),
      outcome: row.outcome,
      httpStatus: row.http_status,
      errorCode: row.error_code,
      correlationId: row.correlation_id,
      lastAt: instant(row.decided_at),
    })),
  });
}
