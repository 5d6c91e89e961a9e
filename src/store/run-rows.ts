import { DatabaseError } from '../domain/errors.ts';
import { noCounts, noRequests, type Run } from '../domain/run.ts';
import { instant } from './rows.ts';

/** The condition of isFullSweep(), on `runs`. */
export const FULL_SWEEP = "kind = 'sweep' AND scope = 'full' AND dry_run = 0";
/** That of isBaseline(). */
export const BASELINE = `${FULL_SWEEP} AND exit_code IN (0, 3, 6)`;

export interface RunColumns {
  readonly id: number;
  readonly kind: Run['kind'];
  readonly scope: Run['scope'];
  readonly state: Run['state'];
  readonly dry_run: 0 | 1;
  readonly policy: string;
  readonly counts: string;
  readonly requests: string;
  readonly message: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly exit_code: number | null;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/** Figures that came into being after the run was recorded are 0. */
export function toRun(row: RunColumns): Run {
  return {
    id: row.id,
    kind: row.kind,
    scope: row.scope,
    state: row.state,
    dryRun: row.dry_run === 1,
    policy: parsed(row, 'policy'),
    counts: { ...noCounts(), ...parsed(row, 'counts') },
    requests: { ...noRequests(), ...parsed(row, 'requests') },
    startedAt: instant(row.started_at),
    finishedAt: instant(row.finished_at),
    exitCode: row.exit_code,
    message: row.message,
    host: row.host,
    pid: row.pid,
    version: row.version,
  };
}

/** A CHECK has seen to it that it is JSON; a damaged page has not. */
function parsed<K extends 'policy' | 'counts' | 'requests'>(row: RunColumns, column: K): Run[K] {
  try {
    return JSON.parse(row[column]);
  } catch (error) {
    throw new DatabaseError(
      `The ${column} of run ${row.id} are damaged in the database; look at it with 'nightsweep db check' and go back to a backup.`,
      { cause: error },
    );
  }
}
