import type { PageKey, WorkStore } from '../sweep/ports.ts';
import type { Db } from './connection.ts';
import { SILENT } from './due.ts';
import { knownReader } from './known.ts';
import { flag, instant, limitOf, type RequestColumns, text, toRequest } from './rows.ts';

type DueParams = { readonly cutoff: string; readonly now: string; readonly runId: number };
type ByRun = { readonly runId: number };
type Page = { readonly size: number };

const OURS = `${SILENT}
    AND NOT EXISTS (
      SELECT 1 FROM outcomes AS o WHERE o.run_id = @runId AND o.conversation_id = mappings.conversation_id
    )`;
const DUE = `${OURS} AND (rests_until IS NULL OR rests_until <= @now)`;
const RESTING = `${OURS} AND rests_until > @now`;

const PENDING = `
  FROM close_requests AS q
  WHERE settled_at IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM outcomes AS o WHERE o.run_id = @runId AND o.conversation_id = q.conversation_id
    )`;

/**
 * A look that was not made for this request, or was over before it came, is no answer to it. One that came too late
 * for this run and has been looked at by a run since is late no more, even if it is still pending.
 */
const LATE = `
  FROM close_requests AS q
  WHERE settled_at IS NULL
    AND EXISTS (
      SELECT 1 FROM outcomes AS o WHERE o.run_id = @runId AND o.conversation_id = q.conversation_id
    )
    AND NOT EXISTS (
      SELECT 1 FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
      WHERE o.conversation_id = q.conversation_id AND o.run_id >= @runId AND r.dry_run = 0
        AND o.origin = q.origin AND o.decided_at >= q.requested_at
    )`;

/** Sorts before every stored time and id: no row comes before it, and all come after. */
const FIRST = '';
const START = { at: FIRST, conversationId: FIRST };

type MaybeDue = Parameters<WorkStore['countLeft']>[0];

const dueParams = ({ cutoff, now, runId }: MaybeDue): DueParams => ({
  cutoff: text(cutoff) ?? FIRST,
  now: text(now),
  runId,
});

/** What there is to do, page by page: no call leaves a cursor open. */
export function workStore(db: Db): WorkStore {
  const readKnown = knownReader(db);
  const countDue = db.prepare<DueParams, { readonly n: number }>(`SELECT count(*) AS n ${DUE}`);
  const countResting = db.prepare<DueParams, { readonly n: number }>(`SELECT count(*) AS n ${RESTING}`);
  // The lower bound is there twice because SQLite cannot seek by a row value that begins with an expression.
  const pageDue = db.prepare<
    DueParams & Page & { readonly at: string; readonly id: string },
    { readonly at: string; readonly conversation_id: string }
  >(`
    SELECT coalesce(last_activity_at, started_at) AS at, conversation_id ${DUE}
      AND coalesce(last_activity_at, started_at) >= @at
      AND (coalesce(last_activity_at, started_at), conversation_id) > (@at, @id)
    ORDER BY coalesce(last_activity_at, started_at), conversation_id LIMIT @size`);
  const countRequests = db.prepare<ByRun, { readonly n: number }>(`SELECT count(*) AS n ${PENDING}`);
  const pageRequests = db.prepare<ByRun & Page & { readonly afterId: number }, RequestColumns>(
    `SELECT * ${PENDING} AND id > @afterId ORDER BY id LIMIT @size`,
  );
  const countLeft = db.prepare<DueParams, { readonly n: number }>(`
    SELECT count(DISTINCT conversation_id) AS n
    FROM (SELECT conversation_id ${DUE} UNION ALL SELECT conversation_id ${PENDING})
    WHERE conversation_id NOT IN (SELECT conversation_id FROM intents)`);
  const lateRequests = db.prepare<ByRun & Page, RequestColumns>(`SELECT * ${LATE} ORDER BY id LIMIT @size`);
  const pageWatched = db.prepare<
    ByRun &
      Page & {
        readonly from: string;
        readonly to: string;
        readonly at: string;
        readonly id: string;
        readonly ours: 0 | 1;
      },
    { readonly at: string; readonly conversation_id: string }
  >(`
    SELECT state_at AS at, conversation_id FROM mappings AS m
    WHERE state = 'closed' AND state_at BETWEEN @from AND @to AND (state_at, conversation_id) > (@at, @id)
      AND NOT EXISTS (
        SELECT 1 FROM outcomes AS o WHERE o.run_id = @runId AND o.conversation_id = m.conversation_id
      )
      AND @ours = EXISTS (
        SELECT 1 FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
        WHERE o.conversation_id = m.conversation_id AND o.outcome = 'closed' AND r.dry_run = 0
      )
    ORDER BY state_at, conversation_id LIMIT @size`);
  const isDone = db.prepare<ByRun & { readonly id: string }>(
    'SELECT 1 FROM outcomes WHERE run_id = @runId AND conversation_id = @id',
  );

  return {
    countDue: (due) => countDue.get(dueParams(due))?.n ?? 0,
    countResting: (due) => countResting.get(dueParams(due))?.n ?? 0,
    pageDue: (due, after, size) => {
      const { at, conversationId: id } = after === null ? START : keyText(after);
      return pageDue
        .all({ ...dueParams(due), at, id, size })
        .map((row) => ({ at: instant(row.at), conversationId: row.conversation_id }));
    },
    pageRequests: (runId, afterId, size) =>
      pageRequests.all({ runId, afterId, size: limitOf(size) }).map(toRequest),
    countRequests: (runId) => countRequests.get({ runId })?.n ?? 0,
    countLeft: (due) => countLeft.get(dueParams(due))?.n ?? 0,
    lateRequests: (runId, size) => lateRequests.all({ runId, size: limitOf(size) }).map(toRequest),
    pageWatched: ({ from, to, runId, ours }, after, size) => {
      const { at, conversationId: id } = after === null ? START : keyText(after);
      return pageWatched
        .all({ from: text(from), to: text(to), runId, ours: flag(ours), at, id, size: limitOf(size) })
        .map((row) => ({ at: instant(row.at), conversationId: row.conversation_id }));
    },
    known: (conversationId) => db.read(() => readKnown(conversationId)),
    isDone: (runId, id) => isDone.get({ runId, id }) !== undefined,
  };
}

function keyText({ at, conversationId }: PageKey): { at: string; conversationId: string } {
  return { at: text(at), conversationId };
}
