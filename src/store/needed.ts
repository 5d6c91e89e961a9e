import type { OutcomeKind } from '../domain/outcome.ts';
import { isEnd, lastNews, type RetainedOutcome, stillNeeded } from '../domain/retention.ts';
import type { Db } from './connection.ts';
import { instant } from './rows.ts';

/** Rows read at once; most often the first tells enough. */
const PAGE = 8;

interface PastColumns {
  readonly id: number;
  readonly outcome: OutcomeKind;
  readonly http_status: number | null;
  readonly decided_at: string;
  readonly exit_code: number | null;
}

/** An old outcome. `live`: its mapping is one that a sweep may look at again. */
interface OldRow {
  readonly id: number;
  readonly conversation_id: string;
  readonly outcome: OutcomeKind;
  readonly dry_run: 0 | 1;
  readonly live: 0 | 1;
}

/**
 * Whether the next look at its conversation goes by this outcome; those of dry runs nothing goes by. Each call returns
 * a check for the rows of one transaction, which remembers what it has read.
 */
export function needs(db: Db): () => (row: OldRow) => boolean {
  const page = db.prepare<
    { readonly id: string; readonly below: number; readonly size: number },
    PastColumns
  >(`
    SELECT o.id, o.outcome, o.http_status, o.decided_at, r.exit_code
    FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @id AND r.dry_run = 0 AND o.id < @below
    ORDER BY o.id DESC LIMIT @size`);
  const laterEnd = db.prepare<{ readonly conversation: string; readonly id: number }>(`
    SELECT 1 FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @conversation AND o.id > @id AND r.dry_run = 0
      AND o.outcome IN ('closed', 'already_closed', 'not_found')`);

  function* newestFirst(id: string): Iterable<RetainedOutcome> {
    let below = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const rows = page.all({ id, below, size: PAGE });
      yield* rows.map(toRetained);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      below = last.id;
    }
  }

  return () => {
    const known = new Map<string, ReadonlySet<number>>();
    return ({ id, conversation_id: conversation, outcome, dry_run, live }) => {
      if (dry_run === 1) return false;
      if (live === 0) {
        // A close that never showed, and of which nothing newer is known, is looked for without a mapping too.
        return outcome === 'unconfirmed' && lastNews(newestFirst(conversation)) === id;
      }
      if (isEnd(outcome) && laterEnd.get({ conversation, id }) === undefined) return true;
      const needed = known.get(conversation) ?? stillNeeded(() => newestFirst(conversation));
      known.set(conversation, needed);
      return needed.has(id);
    };
  };
}

function toRetained(row: PastColumns): RetainedOutcome {
  return {
    id: row.id,
    outcome: row.outcome,
    httpStatus: row.http_status,
    decidedAt: instant(row.decided_at),
    exitCode: row.exit_code,
  };
}
