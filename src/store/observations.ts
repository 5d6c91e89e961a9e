import type { OutcomeKind } from '../domain/outcome.ts';
import type { Instant } from '../domain/time.ts';
import type { Observation } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

/** Rows read at once. */
const PAGE = 1_000;

interface ObservationColumns {
  readonly id: number;
  readonly run_id: number;
  readonly dry_run: 0 | 1;
  readonly conversation_id: string;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly remote_last_activity_at: string | null;
  readonly idle_seconds: number | null;
  readonly agent_connected: 0 | 1 | null;
  readonly decided_at: string;
}

/** Reads what every look since a moment has shown, page by page, oldest first, dry runs included. */
export function observationsReader(db: Db): (since: Instant) => Iterable<Observation> {
  const page = db.prepare<
    { readonly at: string; readonly id: number; readonly size: number },
    ObservationColumns
  >(`
    SELECT o.id, o.run_id, r.dry_run, o.conversation_id, o.outcome, o.reason, o.remote_last_activity_at,
      o.idle_seconds, o.agent_connected, o.decided_at
    FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
    WHERE (o.decided_at, o.id) > (@at, @id)
    ORDER BY o.decided_at, o.id LIMIT @size`);

  return function* observations(since) {
    let after = { at: text(since), id: 0 };
    for (;;) {
      const rows = page.all({ ...after, size: PAGE });
      yield* rows.map(toObservation);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = { at: last.decided_at, id: last.id };
    }
  };
}

function toObservation(row: ObservationColumns): Observation {
  return {
    runId: row.run_id,
    dryRun: row.dry_run === 1,
    conversationId: row.conversation_id,
    outcome: row.outcome,
    reason: row.reason,
    remoteLastActivityAt: instant(row.remote_last_activity_at),
    idleSeconds: row.idle_seconds,
    agentConnected: row.agent_connected === null ? null : row.agent_connected === 1,
    decidedAt: instant(row.decided_at),
  };
}
