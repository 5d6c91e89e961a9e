import type { Asked, DashboardStore, Held } from '../dashboard/ports.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import type { Db } from './connection.ts';
import { LIVE } from './due.ts';
import { failuresReader } from './failures.ts';
import { restingReader } from './resting.ts';
import { instant, limitOf, text } from './rows.ts';
import { FULL_SWEEP, type RunColumns, toRun } from './run-rows.ts';
import { toFullSweep } from './runs-of-period.ts';
import { type SummaryColumns, toSummary } from './summaries.ts';

type Stretch = { readonly at: string; readonly id: string; readonly size: number };

/** Of a moment: the quarter hour that it lies in. */
const SLOT = `substr(o.decided_at, 1, 14) || CASE
  WHEN substr(o.decided_at, 15, 2) < '15' THEN '00' WHEN substr(o.decided_at, 15, 2) < '30' THEN '15'
  WHEN substr(o.decided_at, 15, 2) < '45' THEN '30' ELSE '45' END || ':00.000Z'`;
/** The index of what is live has the order too, so this is one walk along it. */
const OPEN = `
  SELECT coalesce(last_activity_at, started_at) AS at, conversation_id, session_id, hold_until, rests_until
  FROM mappings WHERE ${LIVE}
    AND coalesce(last_activity_at, started_at) >= @at
    AND (coalesce(last_activity_at, started_at), conversation_id) > (@at, @id)
  ORDER BY coalesce(last_activity_at, started_at), conversation_id LIMIT @size`;
/** As long as every stored time; what follows it in a key is an id. */
const TIME_LENGTH = 24;

/**
 * The record in steps that are short whatever it has grown to. Writes nothing. Runs are looked up and not joined: for a
 * join SQLite may read all of them to make a filter of their ids.
 */
export function dashboardStore(db: Db): DashboardStore {
  const sums = db.prepare<{ readonly since: string; readonly until: string }, SummaryColumns>(`
    SELECT ${SLOT} AS slot_at, o.run_id, o.outcome, o.reason, NULL AS queue_id, '' AS origin,
      count(*) AS n, sum(o.requests) AS requests
    FROM outcomes AS o
    WHERE o.decided_at >= @since AND o.decided_at < @until
      AND (SELECT dry_run FROM runs WHERE id = o.run_id) = 0
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT slot_at, run_id, outcome, reason, NULL, '', sum(n), sum(requests)
    FROM outcome_summaries WHERE slot_at >= @since AND slot_at < @until GROUP BY 1, 2, 3, 4`);
  const sweeps = db.prepare<{ readonly since: string }, RunColumns>(`
    SELECT * FROM runs
    WHERE ${FULL_SWEEP} AND id >= coalesce(
      (SELECT id FROM runs WHERE ${FULL_SWEEP} AND started_at < @since ORDER BY id DESC LIMIT 1), 0)
    ORDER BY started_at, id`);
  const firstSweep = db.prepare<Record<string, never>, { readonly at: string }>(
    `SELECT started_at AS at FROM runs WHERE ${FULL_SWEEP} ORDER BY id LIMIT 1`,
  );
  const anyMapping = db.prepare<Record<string, never>, { readonly found: 1 }>(
    "SELECT 1 AS found FROM mappings WHERE conversation_id > '' LIMIT 1",
  );
  const lastSweep = db.prepare<Record<string, never>, RunColumns>(
    `SELECT * FROM runs WHERE ${FULL_SWEEP} ORDER BY id DESC LIMIT 1`,
  );
  const runs = db.prepare<{ readonly limit: number }, RunColumns>(
    'SELECT * FROM runs ORDER BY id DESC LIMIT @limit',
  );
  const progress = db.prepare<
    { readonly runId: number },
    { readonly outcome: OutcomeKind; readonly n: number }
  >('SELECT outcome, count(*) AS n FROM outcomes WHERE run_id = @runId GROUP BY outcome');
  const open = db.prepare<
    Stretch & { readonly cutoff: string; readonly now: string },
    {
      readonly n: number;
      readonly due: number;
      readonly on_hold: number;
      readonly oldest_at: string | null;
      readonly last: string | null;
    }
  >(`
    SELECT count(*) AS n, max(at || conversation_id) AS last,
      count(*) FILTER (WHERE ${isDue()}) AS due, min(at) FILTER (WHERE ${isDue()}) AS oldest_at,
      count(*) FILTER (WHERE hold_until > @now) AS on_hold
    FROM (${OPEN})`);
  const held = db.prepare<
    Stretch & { readonly now: string; readonly limit: number },
    { readonly conversation_id: string; readonly session_id: string; readonly hold_until: string }
  >(`
    SELECT conversation_id, session_id, hold_until FROM (${OPEN})
    WHERE hold_until > @now ORDER BY hold_until, conversation_id LIMIT @limit`);
  const asked = db.prepare<
    { readonly afterId: number; readonly size: number },
    {
      readonly id: number;
      readonly conversation_id: string;
      readonly origin: string;
      readonly requested_at: string;
    }
  >(`
    SELECT id, conversation_id, origin, requested_at FROM close_requests
    WHERE settled_at IS NULL AND id > @afterId ORDER BY id LIMIT @size`);
  const events = db.prepare<
    { readonly since: string },
    { readonly waiting: number; readonly settled: number; readonly last_at: string | null }
  >(`
    SELECT
      (SELECT count(*) FROM events WHERE settled_at IS NULL) AS waiting,
      (SELECT count(*) FROM events WHERE settled_at >= @since) AS settled,
      (SELECT received_at FROM events WHERE id = (SELECT max(id) FROM events)) AS last_at`);

  return {
    sums: (since, until) => sums.all({ since: text(since), until: text(until) }).map(toSummary),
    sweeps: (since) => sweeps.all({ since: text(since) }).map(toFullSweep),
    firstSweepAt: () => instant(firstSweep.get({})?.at ?? null),
    hasMappings: () => anyMapping.get({}) !== undefined,
    runs: (limit) => runs.all({ limit: limitOf(limit) }).map(toRun),
    lastSweep: () =>
      db.read(() => {
        const found = lastSweep.get({});
        return found === undefined ? null : toRun(found);
      }),
    progress: (runId) => Object.fromEntries(progress.all({ runId }).map(({ outcome, n }) => [outcome, n])),
    failures: failuresReader(db),
    resting: restingReader(db),
    open: (from, staleAfterMs, now, size) => {
      const [cutoff, at] = [text(now - staleAfterMs), text(now)];
      // An aggregate without GROUP BY always has its one row.
      const row = open.get({ ...keyOf(from), cutoff, now: at, size: limitOf(size) });
      if (row === undefined) return { due: 0, onHold: 0, oldestAt: null, next: null };
      const oldestAt = instant(row.oldest_at);
      return { due: row.due, onHold: row.on_hold, oldestAt, next: row.n < size ? null : row.last };
    },
    held: (from, now, size, limit) =>
      held.all({ ...keyOf(from), now: text(now), size: limitOf(size), limit: limitOf(limit) }).map(toHeld),
    asked: (afterId, size) => asked.all({ afterId, size: limitOf(size) }).map(toAsked),
    events: (settledSince) => {
      const row = events.get({ since: text(settledSince) });
      return {
        waiting: row?.waiting ?? 0,
        settled: row?.settled ?? 0,
        lastReceivedAt: instant(row?.last_at ?? null),
      };
    },
  };
}

/** Whether a sweep would look at it now. */
function isDue(): string {
  return `at < @cutoff AND (hold_until IS NULL OR hold_until <= @now) AND (rests_until IS NULL OR rests_until <= @now)`;
}

function keyOf(from: string | null): { at: string; id: string } {
  return { at: from?.slice(0, TIME_LENGTH) ?? '', id: from?.slice(TIME_LENGTH) ?? '' };
}

function toHeld(row: { conversation_id: string; session_id: string; hold_until: string }): Held {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    holdUntil: instant(row.hold_until),
  };
}

function toAsked(row: { id: number; conversation_id: string; origin: string; requested_at: string }): Asked {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    origin: row.origin,
    requestedAt: instant(row.requested_at),
  };
}
