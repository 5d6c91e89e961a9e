import { noCounts, noRequests, type Run } from '../domain/run.ts';
import { instant } from './rows.ts';

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
    policy: JSON.parse(row.policy),
    counts: { ...noCounts(), ...JSON.parse(row.counts) },
    requests: { ...noRequests(), ...JSON.parse(row.requests) },
    startedAt: instant(row.started_at),
    finishedAt: instant(row.finished_at),
    exitCode: row.exit_code,
    message: row.message,
    host: row.host,
    pid: row.pid,
    version: row.version,
  };
}
