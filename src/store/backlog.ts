import type { Instant } from '../domain/time.ts';
import type { RecordFigures } from '../metrics/ports.ts';
import type { Db } from './connection.ts';
import { LIVE, ON_HOLD } from './due.ts';
import { instant, text } from './rows.ts';

/** Rows looked at in one step: some 20 ms. */
const STEP = 20_000;

type ByTime = { readonly now: string; readonly cutoff: string };
type PageRow = {
  readonly due: number;
  readonly held: number;
  readonly rows: number;
  readonly last: string | null;
};

type Backlog = Pick<RecordFigures, 'due' | 'oldestOpenAt' | 'onHold' | 'resting'>;

/**
 * Counts what waits, all mappings looked at once in the order in which they are stored: no index knows of holds, and
 * going through that of what is due costs several times as much where much is.
 */
export function backlogReader(db: Db): (now: Instant, cutoff: Instant) => Generator<void, Backlog> {
  const page = db.prepare<ByTime & { readonly after: string; readonly size: number }, PageRow>(`
    SELECT count(*) FILTER (WHERE
        ${LIVE}
        AND coalesce(last_activity_at, started_at) < @cutoff
        AND (hold_until IS NULL OR hold_until <= @now)
        AND (rests_until IS NULL OR rests_until <= @now)) AS due,
      count(*) FILTER (WHERE ${ON_HOLD}) AS held, count(*) AS rows, max(conversation_id) AS last
    FROM (SELECT * FROM mappings WHERE conversation_id > @after ORDER BY conversation_id LIMIT @size)`);
  // The first that is open in the order of the index of what is due.
  const oldestOpen = db.prepare<Record<string, never>, { readonly at: string }>(`
    SELECT coalesce(last_activity_at, started_at) AS at FROM mappings
    WHERE ${LIVE} AND state = 'open'
    ORDER BY coalesce(last_activity_at, started_at), conversation_id LIMIT 1`);
  const resting = db.prepare<{ readonly now: string }, { readonly n: number }>(
    'SELECT count(*) AS n FROM mappings WHERE rests_until > @now',
  );

  return function* backlog(nowAt, cutoffAt) {
    const times = { now: text(nowAt), cutoff: text(cutoffAt) };
    const sum = { due: 0, held: 0 };
    for (let after: string | null = ''; after !== null; ) {
      const row: PageRow | undefined = page.get({ ...times, after, size: STEP });
      sum.due += row?.due ?? 0;
      sum.held += row?.held ?? 0;
      after = row?.rows === STEP ? row.last : null;
      if (after !== null) yield;
    }
    return {
      due: sum.due,
      oldestOpenAt: instant(oldestOpen.get({})?.at ?? null),
      onHold: sum.held,
      resting: resting.get({ now: times.now })?.n ?? 0,
    };
  };
}
