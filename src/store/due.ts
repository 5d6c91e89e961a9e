import type { Instant } from '../domain/time.ts';
import type { ReportStore } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

/**
 * Mappings of conversations that are open, or have come back to life since they ended. It is the condition of the index
 * `mappings_due`, word for word, or that would not be used.
 */
export const LIVE = "(state = 'open' OR last_activity_at > state_at)";
/** Those of them that are on hold. */
export const ON_HOLD = `hold_until > @now AND ${LIVE}`;

/** Mappings whose own side has been silent since before the cutoff, without a hold. */
export const SILENT = `
  FROM mappings
  WHERE ${LIVE}
    AND coalesce(last_activity_at, started_at) < @cutoff
    AND (hold_until IS NULL OR hold_until <= @now)`;

/** Reads how much a sweep would find to look at now, and the oldest of it. */
export function dueReader(db: Db): ReportStore['due'] {
  const due = db.prepare<
    { readonly cutoff: string; readonly now: string },
    { readonly n: number; readonly oldest_at: string | null }
  >(`
    SELECT count(*) AS n, min(coalesce(last_activity_at, started_at)) AS oldest_at ${SILENT}
      AND (rests_until IS NULL OR rests_until <= @now)`);

  return (now: Instant, staleAfterMs) => {
    const row = due.get({ cutoff: text(now - staleAfterMs), now: text(now) });
    return { n: row?.n ?? 0, oldestAt: instant(row?.oldest_at ?? null) };
  };
}
