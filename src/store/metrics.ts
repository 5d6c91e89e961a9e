import { SLOT_MS } from '../domain/summary.ts';
import type { EndedSweep, MetricsStore, OutcomeTally, Waiting } from '../metrics/ports.ts';
import { backlogReader } from './backlog.ts';
import type { Db } from './connection.ts';
import { outcomeTotals } from './outcome-totals.ts';
import { instant, text } from './rows.ts';
import { BASELINE, FULL_SWEEP, type RunColumns, toRun } from './run-rows.ts';

type None = Record<string, never>;
type WaitingRow = { readonly n: number; readonly oldest_at: string | null };

/** Reads what metrics tell of the record, step by step where there may be much. */
export function metricsStore(db: Db): MetricsStore {
  const outcomes = outcomeTotals(db);
  const backlog = backlogReader(db);
  const reopened = reopenedTotal(db);
  const ended = lastEnded(db);
  const started = db.prepare<None, { readonly started_at: string }>(
    `SELECT started_at FROM runs WHERE ${FULL_SWEEP} ORDER BY id DESC LIMIT 1`,
  );
  const succeeded = db.prepare<None, { readonly finished_at: string }>(`
    SELECT finished_at FROM runs
    WHERE ${BASELINE}
    ORDER BY id DESC LIMIT 1`);
  const requests = db.prepare<None, WaitingRow>(
    'SELECT count(*) AS n, min(requested_at) AS oldest_at FROM close_requests WHERE settled_at IS NULL',
  );
  const events = db.prepare<None, WaitingRow>(
    'SELECT count(*) AS n, min(received_at) AS oldest_at FROM events WHERE settled_at IS NULL',
  );
  const intents = db.prepare<None, { readonly n: number }>('SELECT count(*) AS n FROM intents');

  return {
    *figures(now, staleAfterMs) {
      const totals = yield* outcomes(now);
      const waiting = yield* backlog(now, now - staleAfterMs);
      return db.read(() => ({
        now,
        lastStartedAt: instant(started.get({})?.started_at ?? null),
        lastEnded: ended(),
        succeededAt: instant(succeeded.get({})?.finished_at ?? null),
        outcomes: totals,
        reopened: reopened(),
        ...waiting,
        requests: toWaiting(requests.get({})),
        events: toWaiting(events.get({})),
        intents: intents.get({})?.n ?? 0,
      }));
    },
  };
}

function toWaiting(row: WaitingRow | undefined): Waiting {
  return { n: row?.n ?? 0, oldestAt: instant(row?.oldest_at ?? null) };
}

/** The latest real full sweep that has ended; its outcomes are counted once. */
function lastEnded(db: Db): () => EndedSweep | null {
  const newest = db.prepare<None, RunColumns>(`
    SELECT * FROM runs WHERE ${FULL_SWEEP} AND finished_at IS NOT NULL
    ORDER BY id DESC LIMIT 1`);
  const ofRun = db.prepare<{ readonly id: number; readonly since: string }, OutcomeTally>(`
    SELECT outcome, reason, sum(n) AS n FROM (
      SELECT outcome, reason, 1 AS n FROM outcomes WHERE run_id = @id
      UNION ALL
      SELECT outcome, reason, n FROM outcome_summaries WHERE slot_at >= @since AND run_id = @id
    ) GROUP BY outcome, reason`);
  let known: { readonly id: number; readonly sweep: EndedSweep } | null = null;

  return () => {
    const row = newest.get({});
    if (row === undefined || row.finished_at === null) return null;
    if (known?.id === row.id) return known.sweep;
    const { id, startedAt, exitCode, counts } = toRun(row);
    const outcomes = ofRun.all({ id, since: text(startedAt - SLOT_MS) });
    known = { id, sweep: { startedAt, finishedAt: instant(row.finished_at), exitCode, counts, outcomes } };
    return known.sweep;
  };
}

/** Of all real runs; those before any that is still at work are counted once. */
function reopenedTotal(db: Db): () => number {
  const settled = db.prepare<None, { readonly id: number }>(`
    SELECT coalesce(
      (SELECT min(id) - 1 FROM runs WHERE state = 'running'), (SELECT max(id) FROM runs), 0) AS id`);
  const sum = db.prepare<{ readonly after: number; readonly upTo: number }, { readonly n: number | null }>(`
    SELECT sum(json_extract(counts, '$.reopened')) AS n FROM runs
    WHERE id > @after AND id <= @upTo AND dry_run = 0`);
  let upTo = 0;
  let total = 0;
  return () => {
    const id = settled.get({})?.id ?? 0;
    if (id > upTo) {
      total += sum.get({ after: upTo, upTo: id })?.n ?? 0;
      upTo = id;
    }
    return total + (sum.get({ after: upTo, upTo: Number.MAX_SAFE_INTEGER })?.n ?? 0);
  };
}
