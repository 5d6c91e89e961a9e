import type { Instant } from '../domain/time.ts';
import type { ReportStore } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

/**
 * Mappings whose own side has been silent since before the cutoff, without a hold. The condition in the third line is
 * that of the index `mappings_due`, word for word, or it would not be used.
 */
export const SILENT = `
  FROM mappings
  WHERE (state = 'open' OR last_activity_at > state_at)
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
