import type { ReportStore } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { dueReader } from './due.ts';
import { failuresReader } from './failures.ts';
import { figureReader, totalsReader } from './figure-rows.ts';
import { historyReader, sessionReader } from './history.ts';
import { observationsReader } from './observations.ts';
import { type OutcomeColumns, toOutcome } from './outcome-rows.ts';
import { overviewReader } from './overview.ts';
import { restingReader } from './resting.ts';
import { limitOf } from './rows.ts';
import { type RunColumns, toRun } from './run-rows.ts';
import { runsOfPeriodReader } from './runs-of-period.ts';
import { detailSinceReader, summariesReader } from './summaries.ts';

/** The record, read for people. Writes nothing. */
export function reportStore(db: Db): ReportStore {
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

  return {
    atOneMoment: db.read,
    outcomes: figureReader(db),
    totals: totalsReader(db),
    runsOf: runsOfPeriodReader(db),
    failures: failuresReader(db),
    due: dueReader(db),
    summaries: summariesReader(db),
    observations: observationsReader(db),
    detailSince: detailSinceReader(db),
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
