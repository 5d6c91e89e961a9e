import type { OutcomeKind } from '../domain/outcome.ts';
import type { Summary } from '../domain/summary.ts';
import { DAY, type Instant, startOfUtcDay } from '../domain/time.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

/** Rows read at once. */
const PAGE = 1_000;

// A type, not an interface: only those can be bound as the parameters of a statement.
export type SummaryColumns = {
  readonly slot_at: string;
  readonly run_id: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly queue_id: string | null;
  readonly origin: string;
  readonly n: number;
  readonly requests: number;
};

export function fromSummary(summary: Summary): SummaryColumns {
  return {
    slot_at: text(summary.slotAt),
    run_id: summary.runId,
    outcome: summary.outcome,
    reason: summary.reason,
    queue_id: summary.queueId,
    origin: summary.origin,
    n: summary.n,
    requests: summary.requests,
  };
}

export function toSummary(row: SummaryColumns): Summary {
  return {
    slotAt: instant(row.slot_at),
    runId: row.run_id,
    outcome: row.outcome,
    reason: row.reason,
    queueId: row.queue_id,
    origin: row.origin,
    n: row.n,
    requests: row.requests,
  };
}

/** Reads what pruning has left, page by page, oldest first. */
export function summariesReader(db: Db): (since: Instant, until: Instant) => Iterable<Summary> {
  const page = db.prepare<
    { readonly since: string; readonly until: string; readonly id: number; readonly size: number },
    SummaryColumns & { readonly id: number }
  >(`
    SELECT * FROM outcome_summaries
    WHERE (slot_at, id) > (@since, @id) AND slot_at < @until
    ORDER BY slot_at, id LIMIT @size`);

  return function* summaries(since, until) {
    let after = { since: text(since), id: 0 };
    for (;;) {
      const rows = page.all({ ...after, until: text(until), size: PAGE });
      yield* rows.map(toSummary);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = { since: last.slot_at, id: last.id };
    }
  };
}

/** Whole days are pruned: the one of the latest summary, and all before it. */
export function detailSinceReader(db: Db): () => Instant | null {
  const latest = db.prepare<Record<string, never>, { readonly at: string | null }>(
    'SELECT max(slot_at) AS at FROM outcome_summaries',
  );
  return () => {
    const at = instant(latest.get({})?.at ?? null);
    return at === null ? null : startOfUtcDay(at) + DAY;
  };
}
