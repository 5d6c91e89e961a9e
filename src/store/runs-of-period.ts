import { noRequests, type RequestFigures } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';
import type { FullSweep, RunsOfPeriod } from '../report/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';
import { FULL_SWEEP, type RunColumns, toRun } from './run-rows.ts';

type Bounds = { readonly since: string; readonly until: string };

const KINDS = Object.keys(noRequests()) as (keyof RequestFigures)[];

/** The figures that a run has recorded of its requests; none where it died. */
const spent = (kind: keyof RequestFigures, condition: string) =>
  `coalesce(sum(json_extract(requests, '$.${kind}')) FILTER (WHERE ${condition}), 0)`;

const IN_PERIOD = 'started_at >= @since AND started_at < @until';

/** Reads what the runs tell about a period. It reads the whole table of runs: nothing else orders them by time. */
export function runsOfPeriodReader(db: Db): (since: Instant, until: Instant) => RunsOfPeriod {
  const sweeps = db.prepare<Bounds, RunColumns>(`
    SELECT * FROM runs
    WHERE ${FULL_SWEEP} AND started_at < @until AND started_at >= coalesce(
      (SELECT max(started_at) FROM runs WHERE ${FULL_SWEEP} AND started_at < @since), @since)
    ORDER BY started_at, id`);
  // The requests of a run within a sweep, for those who asked meanwhile, are in the figures of that sweep as well.
  const sums = db.prepare<
    Bounds,
    RequestFigures & {
      readonly dry: number;
      readonly first_run_at: string | null;
      readonly first_sweep_at: string | null;
    }
  >(`
    SELECT
      ${KINDS.map((kind) => `${spent(kind, `${IN_PERIOD} AND dry_run = 0 AND exit_code IS NOT NULL AND NOT within`)} AS ${kind}`).join(',\n      ')},
      ${spent('total', `${IN_PERIOD} AND dry_run = 1`)} AS dry,
      min(started_at) FILTER (WHERE dry_run = 0) AS first_run_at,
      min(started_at) FILTER (WHERE ${FULL_SWEEP}) AS first_sweep_at
    FROM (
      SELECT *, kind <> 'sweep' AND finished_at <= coalesce(max(finished_at) FILTER (
        WHERE kind = 'sweep' AND dry_run = 0 AND exit_code IS NOT NULL
      ) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '') AS within
      FROM runs
    )`);
  const unfinished = db.prepare<Bounds, { readonly id: number }>(
    `SELECT id FROM runs WHERE ${IN_PERIOD} AND dry_run = 0 AND exit_code IS NULL ORDER BY id`,
  );

  return (from, to) => {
    const bounds = { since: text(from), until: text(to) };
    // An aggregate without GROUP BY always has its one row.
    const row = sums.get(bounds) as NonNullable<ReturnType<typeof sums.get>>;
    return {
      sweeps: sweeps.all(bounds).map(toFullSweep),
      requests: Object.fromEntries(KINDS.map((kind) => [kind, row[kind]])) as unknown as RequestFigures,
      dryRequests: row.dry,
      unfinished: unfinished.all(bounds).map(({ id }) => id),
      firstRunAt: instant(row.first_run_at),
      firstSweepAt: instant(row.first_sweep_at),
    };
  };
}

export function toFullSweep(row: RunColumns): FullSweep {
  const { id, startedAt, finishedAt, exitCode, counts } = toRun(row);
  return { id, startedAt, finishedAt, exitCode, candidates: counts.candidates, left: counts.left };
}
