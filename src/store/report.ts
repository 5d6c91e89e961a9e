import type { OutcomeKind } from '../domain/outcome.ts';
import type { Instant } from '../domain/time.ts';
import type { OutcomeRow, ReportStore } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { historyReader, sessionReader } from './history.ts';
import { observationsReader } from './observations.ts';
import { type OutcomeColumns, toOutcome } from './outcome-rows.ts';
import { overviewReader } from './overview.ts';
import { restingReader } from './resting.ts';
import { instant, limitOf, text } from './rows.ts';
import { type RunColumns, toRun } from './run-rows.ts';
import { detailSinceReader, summariesReader } from './summaries.ts';

/** Rows read at once for figures. */
const PAGE = 1_000;

interface FigureColumns {
  readonly id: number;
  readonly run_id: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly origin: string;
  readonly queue_id: string | null;
  readonly decided_at: string;
}

/** The record, read for people. Writes nothing. */
export function reportStore(db: Db): ReportStore {
  const page = db.prepare<
    { readonly since: string; readonly until: string; readonly id: number; readonly size: number },
    FigureColumns
  >(`
    SELECT o.id, o.run_id, o.outcome, o.reason, o.origin, o.queue_id, o.decided_at
    FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
    WHERE (o.decided_at, o.id) > (@since, @id) AND o.decided_at < @until AND r.dry_run = 0
    ORDER BY o.decided_at, o.id LIMIT @size`);
  const newestRuns = db.prepare<{ readonly limit: number }, RunColumns>(
    'SELECT * FROM runs ORDER BY id DESC LIMIT @limit',
  );
  const oneRun = db.prepare<{ readonly id: number }, RunColumns>('SELECT * FROM runs WHERE id = @id');
  const ofRun = db.prepare<
    { readonly id: number; readonly kinds: string; readonly limit: number },
    OutcomeColumns
  >(`
    SELECT * FROM outcomes
    WHERE run_id = @id AND (@kinds = '[]' OR outcome IN (SELECT value FROM json_each(@kinds)))
    ORDER BY decided_at, id LIMIT @limit`);

  function* outcomes(since: Instant, until: Instant): Iterable<OutcomeRow> {
    // Ids count up from 1, so this key is just before the first row of that moment.
    let after = { since: text(since), id: 0 };
    for (;;) {
      const rows = page.all({ ...after, until: text(until), size: PAGE });
      yield* rows.map(toOutcomeRow);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = { since: last.decided_at, id: last.id };
    }
  }

  return {
    outcomes,
    summaries: summariesReader(db),
    observations: observationsReader(db),
    detailSince: detailSinceReader(db),
    atOneMoment: (fn) => db.read(fn),
    history: historyReader(db),
    conversationsOf: sessionReader(db),
    runs: (limit) => newestRuns.all({ limit: limitOf(limit) }).map(toRun),
    run: (runId) => {
      const found = oneRun.get({ id: runId });
      return found === undefined ? null : toRun(found);
    },
    outcomesOf: (runId, kinds, limit) =>
      ofRun.all({ id: runId, kinds: JSON.stringify(kinds), limit: limitOf(limit) }).map(toOutcome),
    overview: overviewReader(db),
    resting: restingReader(db),
  };
}

function toOutcomeRow(row: FigureColumns): OutcomeRow {
  return {
    runId: row.run_id,
    outcome: row.outcome,
    reason: row.reason,
    origin: row.origin,
    queueId: row.queue_id,
    decidedAt: instant(row.decided_at),
  };
}
