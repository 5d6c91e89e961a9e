import { DatabaseError } from '../domain/errors.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import { COUNT_OF, type Counts, noCounts, noRequests } from '../domain/run.ts';
import type { RunStore } from '../sweep/ports.ts';
import type { Db } from './connection.ts';
import { flag, instant, limitOf, text } from './rows.ts';
import { BASELINE, type RunColumns, toRun } from './run-rows.ts';

type Conclusion = {
  readonly id: number;
  readonly state: string;
  readonly counts: string;
  readonly finishedAt: string;
  readonly message: string;
};

/** The runs: begun, concluded, or found dead. */
export function runStore(db: Db): RunStore {
  const insert = db.prepare<Record<string, string | number>>(`
    INSERT INTO runs (kind, scope, dry_run, policy, counts, requests, started_at, host, pid, version)
    VALUES (@kind, @scope, @dryRun, @policy, @counts, @requests, @startedAt, @host, @pid, @version)`);
  const conclude = db.prepare<Conclusion & { readonly requests: string; readonly exitCode: number }>(`
    UPDATE runs SET state = @state, counts = @counts, requests = @requests, exit_code = @exitCode,
      message = @message, finished_at = @finishedAt
    WHERE id = @id`);
  const interrupt = db.prepare<Conclusion>(
    'UPDATE runs SET state = @state, counts = @counts, message = @message, finished_at = @finishedAt WHERE id = @id',
  );
  const running = db.prepare<Record<string, never>, RunColumns>(
    "SELECT * FROM runs WHERE state = 'running' ORDER BY id DESC",
  );
  const recorded = db.prepare<{ readonly id: number }, { readonly outcome: OutcomeKind; readonly n: number }>(
    'SELECT outcome, count(*) AS n FROM outcomes WHERE run_id = @id GROUP BY outcome',
  );
  // The same condition as isBaseline().
  const baselines = db.prepare<{ readonly limit: number }, RunColumns>(`
    SELECT * FROM runs
    WHERE ${BASELINE}
    ORDER BY id DESC LIMIT @limit`);

  /** The holder took its figures with it; what it recorded tells at least how the looks ended. */
  function countsOfRecord(id: number): Counts {
    const counts = noCounts();
    for (const { outcome, n } of recorded.all({ id })) counts[COUNT_OF[outcome]] = n;
    return counts;
  }

  return {
    begin: (run) =>
      db.write(() =>
        insert.run({
          kind: run.kind,
          scope: run.scope,
          dryRun: flag(run.dryRun),
          policy: JSON.stringify(run.policy),
          counts: JSON.stringify(noCounts()),
          requests: JSON.stringify(noRequests()),
          startedAt: text(run.startedAt),
          host: run.host,
          pid: run.pid,
          version: run.version,
        }),
      ).id,
    finish: (runId, conclusion) => {
      const { changes } = db.write(() =>
        conclude.run({
          id: runId,
          state: conclusion.state,
          counts: JSON.stringify(conclusion.counts),
          requests: JSON.stringify(conclusion.requests),
          exitCode: conclusion.exitCode,
          message: conclusion.message,
          finishedAt: text(conclusion.finishedAt),
        }),
      );
      if (changes === 0) {
        throw new DatabaseError(
          `Run ${runId} is no longer in the database ${db.path}, so its end could not be recorded; find out who deleted it.`,
        );
      }
    },
    interruptDead: (currentRunId, now, isAlive) =>
      db.write(() => {
        const dead = running
          .all({})
          .filter(
            (run) =>
              run.id !== currentRunId &&
              (run.dry_run === 0 || !isAlive({ ...run, startedAt: instant(run.started_at) })),
          )
          .reverse();
        for (const { id, host, pid } of dead) {
          interrupt.run({
            id,
            state: 'interrupted',
            counts: JSON.stringify(countsOfRecord(id)),
            message: `interrupted: process ${pid} on ${host} ended before the run did; the counts are those of its recorded outcomes`,
            finishedAt: text(now),
          });
        }
        return dead.map(({ id }) => id);
      }),
    running: () => {
      const real = running.all({}).find((run) => run.dry_run === 0);
      return real === undefined ? null : toRun(real);
    },
    baselines: (limit) => baselines.all({ limit: limitOf(limit) }).map(toRun),
  };
}
