import { type Instant, MINUTE } from '../domain/time.ts';
import type { OutcomeTally } from '../metrics/ports.ts';
import type { Db } from './connection.ts';

type None = Record<string, never>;

/** Ids looked at in one step: some 20 ms. */
const STEP = 10_000;
/** After so long some may have been pruned without having been counted. */
const LONGEST_GAP_MS = 5 * MINUTE;
/** While pruning goes on, counting begins again; then it is told as it is. */
const MOST_TRIES = 3;

/**
 * Counts the outcomes of real runs over the whole record. They are only added and pruned, and what is pruned lives on in
 * summaries: so all are counted once, step by step, and then those with newer ids.
 */
export function outcomeTotals(db: Db): (now: Instant) => Generator<void, readonly OutcomeTally[]> {
  const newestId = db.prepare<None, { readonly id: number }>(
    'SELECT coalesce(max(id), 0) AS id FROM outcomes',
  );
  const within = db.prepare<{ readonly after: number; readonly upTo: number }, OutcomeTally>(`
    SELECT o.outcome, o.reason, count(*) AS n
    FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
    WHERE o.id > @after AND o.id <= @upTo AND r.dry_run = 0 GROUP BY o.outcome, o.reason`);
  const pruned = db.prepare<None, OutcomeTally>(
    'SELECT outcome, reason, sum(n) AS n FROM outcome_summaries GROUP BY outcome, reason',
  );
  let counted = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  let totals = new Map<string, OutcomeTally>();

  function add(tallies: readonly OutcomeTally[]): void {
    for (const { outcome, reason, n } of tallies) {
      const key = JSON.stringify([outcome, reason]);
      totals.set(key, { outcome, reason, n: n + (totals.get(key)?.n ?? 0) });
    }
  }

  function* countUpTo(newest: number): Generator<void, void> {
    while (counted < newest) {
      const upTo = Math.min(counted + STEP, newest);
      add(within.all({ after: counted, upTo }));
      counted = upTo;
      if (counted < newest) yield;
    }
  }

  function* countAll(): Generator<void, void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const before = pruned.all({});
      totals = new Map();
      counted = 0;
      add(before);
      yield* countUpTo(newestId.get({})?.id ?? 0);
      if (sumOf(pruned.all({})) === sumOf(before)) return;
    }
  }

  return function* outcomes(now) {
    const newest = newestId.get({})?.id ?? 0;
    const isFresh = newest >= counted && Math.abs(now - countedAt) <= LONGEST_GAP_MS;
    // Whoever leaves off in the middle begins anew.
    countedAt = Number.NEGATIVE_INFINITY;
    if (isFresh) yield* countUpTo(newest);
    else yield* countAll();
    countedAt = now;
    return [...totals.values()];
  };
}

function sumOf(tallies: readonly OutcomeTally[]): number {
  return tallies.reduce((sum, { n }) => sum + n, 0);
}
