import { SLOT_MS } from '../domain/summary.ts';
import { type Instant, MINUTE } from '../domain/time.ts';
import type { EndedSweep, MetricsStore, OutcomeTally, Waiting } from '../metrics/ports.ts';
import type { Db } from './connection.ts';
import { dueReader } from './due.ts';
import { instant, text } from './rows.ts';
import { type RunColumns, toRun } from './run-rows.ts';

type None = Record<string, never>;
type WaitingRow = { readonly n: number; readonly oldest_at: string | null };
type CountRow = { readonly n: number };

/** Reads what metrics tell of the record. What is counted over all of it is counted once, and then only what is new. */
export function metricsStore(db: Db): MetricsStore {
  const due = dueReader(db);
  const outcomes = outcomeTotals(db);
  const reopened = reopenedTotal(db);
  const ended = lastEnded(db);
  const started = db.prepare<None, { readonly started_at: string }>(
    "SELECT started_at FROM runs WHERE kind = 'sweep' AND dry_run = 0 ORDER BY id DESC LIMIT 1",
  );
  // The same condition as isBaseline(). Few runs are read: the newest of that kind is among the latest.
  const succeeded = db.prepare<None, { readonly finished_at: string }>(`
    SELECT finished_at FROM runs
    WHERE kind = 'sweep' AND scope = 'full' AND dry_run = 0 AND exit_code IN (0, 3, 6)
    ORDER BY id DESC LIMIT 1`);
  // The first that is open in the order of the index `mappings_due`.
  const oldestOpen = db.prepare<None, { readonly at: string }>(`
    SELECT coalesce(last_activity_at, started_at) AS at FROM mappings
    WHERE (state = 'open' OR last_activity_at > state_at) AND state = 'open'
    ORDER BY coalesce(last_activity_at, started_at), conversation_id LIMIT 1`);
  const onHold = db.prepare<{ readonly now: string }, CountRow>(
    'SELECT count(*) AS n FROM mappings WHERE hold_until > @now',
  );
  const resting = db.prepare<{ readonly now: string }, CountRow>(
    'SELECT count(*) AS n FROM mappings WHERE rests_until > @now',
  );
  const requests = db.prepare<None, WaitingRow>(
    'SELECT count(*) AS n, min(requested_at) AS oldest_at FROM close_requests WHERE settled_at IS NULL',
  );
  const events = db.prepare<None, WaitingRow>(
    'SELECT count(*) AS n, min(received_at) AS oldest_at FROM events WHERE settled_at IS NULL',
  );
  const intents = db.prepare<None, CountRow>('SELECT count(*) AS n FROM intents');

  return {
    figures: (now, staleAfterMs) =>
      db.read(() => ({
        now,
        lastStartedAt: instant(started.get({})?.started_at ?? null),
        lastEnded: ended(),
        succeededAt: instant(succeeded.get({})?.finished_at ?? null),
        outcomes: outcomes(now),
        reopened: reopened(),
        due: due(now, staleAfterMs),
        oldestOpenAt: instant(oldestOpen.get({})?.at ?? null),
        onHold: onHold.get({ now: text(now) })?.n ?? 0,
        resting: resting.get({ now: text(now) })?.n ?? 0,
        requests: toWaiting(requests.get({})),
        events: toWaiting(events.get({})),
        intents: intents.get({})?.n ?? 0,
      })),
  };
}

function toWaiting(row: WaitingRow | undefined): Waiting {
  return { n: row?.n ?? 0, oldestAt: instant(row?.oldest_at ?? null) };
}

/** The latest real sweep that has ended; its outcomes are counted once. */
function lastEnded(db: Db): () => EndedSweep | null {
  const newest = db.prepare<None, RunColumns>(`
    SELECT * FROM runs WHERE kind = 'sweep' AND dry_run = 0 AND finished_at IS NOT NULL
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

/** After so long some may have been pruned without having been counted. */
const LONGEST_GAP_MS = 5 * MINUTE;

/**
 * Outcomes are only added and pruned, and what is pruned lives on in summaries: so all are counted once, and then those
 * with newer ids.
 */
function outcomeTotals(db: Db): (now: Instant) => readonly OutcomeTally[] {
  const newestId = db.prepare<None, { readonly id: number }>(
    'SELECT coalesce(max(id), 0) AS id FROM outcomes',
  );
  const since = db.prepare<{ readonly after: number }, OutcomeTally>(`
    SELECT o.outcome, o.reason, count(*) AS n
    FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
    WHERE o.id > @after AND r.dry_run = 0 GROUP BY o.outcome, o.reason`);
  const pruned = db.prepare<None, OutcomeTally>(
    'SELECT outcome, reason, sum(n) AS n FROM outcome_summaries GROUP BY outcome, reason',
  );
  let upTo = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  let totals = new Map<string, OutcomeTally>();

  function add(tallies: readonly OutcomeTally[]): void {
    for (const { outcome, reason, n } of tallies) {
      const key = JSON.stringify([outcome, reason]);
      totals.set(key, { outcome, reason, n: n + (totals.get(key)?.n ?? 0) });
    }
  }

  return (now) => {
    const id = newestId.get({})?.id ?? 0;
    if (id < upTo || Math.abs(now - countedAt) > LONGEST_GAP_MS) {
      totals = new Map();
      upTo = 0;
      add(pruned.all({}));
    }
    add(since.all({ after: upTo }));
    upTo = id;
    countedAt = now;
    return [...totals.values()];
  };
}

/** Of all real runs; those that have ended before any that is still at work are counted once. */
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
