import type { Instant } from '../domain/time.ts';
import type { FailureRow, Page } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, limitOf, text } from './rows.ts';

interface FailureColumns {
  readonly total: number;
  readonly conversation_id: string;
  readonly session_id: string | null;
  readonly outcome: FailureRow['outcome'];
  readonly reason: string | null;
  readonly http_status: number | null;
  readonly error_code: string | null;
  readonly correlation_id: string | null;
  readonly tries: number;
  readonly requests: number;
  readonly decided_at: string;
  readonly settled_as: FailureRow['settledAs'];
  readonly rests_until: string | null;
}

/** How the latest look after the failure ended; one that brought no news does not count. */
const LATEST_SINCE = `(
  SELECT later.outcome FROM outcomes AS later JOIN runs AS lr ON lr.id = later.run_id
  WHERE later.conversation_id = o.conversation_id AND later.id > o.id AND lr.dry_run = 0
    AND later.outcome NOT IN ('not_attempted', 'expired')
  ORDER BY later.id DESC LIMIT 1)`;

/** Reads what failed or stayed unconfirmed in a period, one row for each conversation. */
export function failuresReader(db: Db): (since: Instant, until: Instant, limit: number) => Page<FailureRow> {
  const failures = db.prepare<
    { readonly since: string; readonly until: string; readonly limit: number },
    FailureColumns
  >(`
    WITH bad AS (
      SELECT max(o.id) AS last_id, count(*) AS tries, sum(o.requests) AS requests
      FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
      WHERE o.decided_at >= @since AND o.decided_at < @until AND r.dry_run = 0
        AND o.outcome IN ('failed', 'unconfirmed')
      GROUP BY o.conversation_id
    ), latest AS (
      SELECT o.*, bad.tries, bad.requests AS all_requests, ${LATEST_SINCE} AS since_then
      FROM bad CROSS JOIN outcomes AS o ON o.id = bad.last_id
    )
    SELECT count(*) OVER () AS total, l.conversation_id, l.session_id, l.outcome, l.reason, l.http_status,
      l.error_code, l.correlation_id, l.tries, l.all_requests AS requests, l.decided_at, m.rests_until,
      CASE WHEN l.since_then IN ('closed', 'already_closed', 'not_found', 'kept') THEN l.since_then END AS settled_as
    FROM latest AS l LEFT JOIN mappings AS m ON m.conversation_id = l.conversation_id
    ORDER BY settled_as IS NOT NULL, l.decided_at DESC, l.id DESC LIMIT @limit`);

  return (since, until, limit) => {
    const rows = failures.all({ since: text(since), until: text(until), limit: limitOf(limit) });
    return { total: rows[0]?.total ?? 0, items: rows.map(toFailure) };
  };
}

function toFailure(row: FailureColumns): FailureRow {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    outcome: row.outcome,
    reason: row.reason,
    httpStatus: row.http_status,
    errorCode: row.error_code,
    correlationId: row.correlation_id,
    tries: row.tries,
    requests: row.requests,
    lastAt: instant(row.decided_at),
    settledAs: row.settled_as,
    restsUntil: instant(row.rests_until),
  };
}
