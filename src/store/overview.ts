import type { Instant } from '../domain/time.ts';
import type { Overview } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { ON_HOLD } from './due.ts';
import { instant, text } from './rows.ts';
import { detailSinceReader } from './summaries.ts';

type OverviewColumns = {
  readonly open: number;
  readonly closed: number;
  readonly gone: number;
  readonly on_hold: number;
  readonly pending_requests: number;
  readonly intents: number;
  readonly outcomes: number;
  readonly summarised: number;
  readonly runs: number;
  readonly oldest_open_at: string | null;
};

/** Counts everything; it reads whole tables, so it is for people who ask, not for every run. */
export function overviewReader(db: Db): (now: Instant) => Overview {
  const overview = db.prepare<{ readonly now: string }, OverviewColumns>(`
    SELECT
      count(*) FILTER (WHERE state = 'open') AS open,
      count(*) FILTER (WHERE state = 'closed') AS closed,
      count(*) FILTER (WHERE state = 'gone') AS gone,
      count(*) FILTER (WHERE ${ON_HOLD}) AS on_hold,
      min(coalesce(last_activity_at, started_at)) FILTER (WHERE state = 'open') AS oldest_open_at,
      (SELECT count(*) FROM close_requests WHERE settled_at IS NULL) AS pending_requests,
      (SELECT count(*) FROM intents) AS intents,
      (SELECT count(*) FROM outcomes) AS outcomes,
      (SELECT coalesce(sum(n), 0) FROM outcome_summaries) AS summarised,
      (SELECT count(*) FROM runs) AS runs
    FROM mappings`);
  const detailSince = detailSinceReader(db);

  return (now) => {
    // An aggregate without GROUP BY always has its one row.
    const row = overview.get({ now: text(now) }) as OverviewColumns;
    return {
      mappings: { open: row.open, closed: row.closed, gone: row.gone },
      onHold: row.on_hold,
      pendingRequests: row.pending_requests,
      intents: row.intents,
      outcomes: row.outcomes,
      summarised: row.summarised,
      detailSince: detailSince(),
      runs: row.runs,
      oldestOpenAt: instant(row.oldest_open_at),
    };
  };
}
