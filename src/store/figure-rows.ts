import type { OutcomeKind } from '../domain/outcome.ts';
import { SECOND } from '../domain/time.ts';
import type { CloseDetail, OutcomeCount, OutcomeRow, ReportStore } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

/** Rows read at once for figures. */
const PAGE = 1_000;

interface FigureColumns {
  readonly id: number;
  readonly run_id: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly origin: string;
  readonly queue_id: string | null;
  readonly decided_at: string;
  readonly requests: number;
  readonly conversation_id: string;
  readonly session_id: string | null;
  readonly idle_seconds: number | null;
  readonly agent_connected: 0 | 1 | null;
  readonly closed_at: string | null;
  readonly reopened_at: string | null;
}

/**
 * When a later run first saw that a conversation had come back after this close: it was active; or had been a minute
 * after the close, by the remote side; or was closed once more, which only what is active can be.
 */
const REOPENED_AT = `
  CASE WHEN o.outcome = 'closed' THEN (
    SELECT later.decided_at FROM outcomes AS later JOIN runs AS lr ON lr.id = later.run_id
    WHERE later.conversation_id = o.conversation_id AND later.id > o.id AND lr.dry_run = 0
      AND (later.remote_status = 'active' OR later.outcome = 'closed'
        OR later.remote_last_activity_at > strftime('%Y-%m-%dT%H:%M:%fZ', o.closed_at, '+60 seconds'))
    ORDER BY later.id LIMIT 1) END AS reopened_at`;

/** Reads the outcomes of real runs for figures, page by page along time. */
export function figureReader(db: Db): ReportStore['outcomes'] {
  const page = db.prepare<
    { readonly since: string; readonly until: string; readonly id: number; readonly size: number },
    FigureColumns
  >(`
    SELECT o.id, o.run_id, o.outcome, o.reason, o.origin, o.queue_id, o.decided_at, o.requests,
      o.conversation_id, o.session_id, o.idle_seconds, o.agent_connected, o.closed_at, ${REOPENED_AT}
    FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
    WHERE (o.decided_at, o.id) > (@since, @id) AND o.decided_at < @until AND r.dry_run = 0
    ORDER BY o.decided_at, o.id LIMIT @size`);
  const staleAfter = staleAfterReader(db);

  return function* outcomes(since, until) {
    // Ids count up from 1, so this key is just before the first row of that moment.
    let after = { since: text(since), id: 0 };
    for (;;) {
      const rows = page.all({ ...after, until: text(until), size: PAGE });
      for (const row of rows) yield toOutcomeRow(row, staleAfter);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = { since: last.decided_at, id: last.id };
    }
  };
}

/** Counts the outcomes of real runs by kind, with those that pruning has summarised. */
export function totalsReader(db: Db): ReportStore['totals'] {
  const totals = db.prepare<{ readonly since: string; readonly until: string }, OutcomeCount>(`
    SELECT outcome, sum(n) AS n FROM (
      SELECT o.outcome, 1 AS n
      FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
      WHERE o.decided_at >= @since AND o.decided_at < @until AND r.dry_run = 0
      UNION ALL
      SELECT outcome, n FROM outcome_summaries WHERE slot_at >= @since AND slot_at < @until
    ) GROUP BY outcome ORDER BY outcome`);
  return (since, until) => totals.all({ since: text(since), until: text(until) });
}

/** `staleAfter` of a run's policy in ms, read once for each. */
function staleAfterReader(db: Db): (runId: number) => number {
  const policy = db.prepare<{ readonly id: number }, { readonly ms: number }>(
    "SELECT json_extract(policy, '$.staleAfterMs') AS ms FROM runs WHERE id = @id",
  );
  const known = new Map<number, number>();
  return (id) => {
    const ms = known.get(id) ?? policy.get({ id })?.ms ?? 0;
    known.set(id, ms);
    return ms;
  };
}

function toOutcomeRow(row: FigureColumns, staleAfter: (runId: number) => number): OutcomeRow {
  return {
    runId: row.run_id,
    outcome: row.outcome,
    reason: row.reason,
    origin: row.origin,
    queueId: row.queue_id,
    decidedAt: instant(row.decided_at),
    n: 1,
    requests: row.requests,
    close: row.outcome === 'closed' ? toClose(row, staleAfter) : null,
  };
}

function toClose(row: FigureColumns, staleAfter: (runId: number) => number): CloseDetail {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    closedAt: instant(row.closed_at ?? row.decided_at),
    idleMs: row.idle_seconds === null ? null : row.idle_seconds * SECOND,
    agentConnected: row.agent_connected === null ? null : row.agent_connected === 1,
    staleAfterMs: staleAfter(row.run_id),
    reopenedAt: instant(row.reopened_at),
  };
}
