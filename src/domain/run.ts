import type { OutcomeKind } from './outcome.ts';
import type { Policy } from './policy.ts';
import type { Instant } from './time.ts';

export type RunKind = 'sweep' | 'close' | 'webhook';
/** `full` is the nightly job; `limited` saw only part of the candidates; `requested` only what was asked for. */
export type RunScope = 'full' | 'requested' | 'limited';
export type RunState = 'running' | 'done' | 'stopped' | 'refused' | 'failed' | 'interrupted';

/** Public shape: `sweep --json` prints it, `runs.counts` stores it. */
export interface Counts {
  /** Mappings due for a look when the run began. */
  candidates: number;
  surveyed: number;
  inspected: number;
  /** Close requests taken in hand. */
  requested: number;
  closed: number;
  alreadyClosed: number;
  notFound: number;
  kept: number;
  wouldClose: number;
  unconfirmed: number;
  failed: number;
  expired: number;
  notAttempted: number;
  recovered: number;
  reopened: number;
  /** Would be due, but could not be closed three nights running: tried once a week. */
  resting: number;
  /** Due and not looked at when the run ended. */
  left: number;
}

export const COUNT_OF: Readonly<Record<OutcomeKind, keyof Counts>> = {
  closed: 'closed',
  already_closed: 'alreadyClosed',
  not_found: 'notFound',
  kept: 'kept',
  would_close: 'wouldClose',
  unconfirmed: 'unconfirmed',
  failed: 'failed',
  expired: 'expired',
  not_attempted: 'notAttempted',
};

export function noCounts(): Counts {
  return {
    candidates: 0,
    surveyed: 0,
    inspected: 0,
    requested: 0,
    closed: 0,
    alreadyClosed: 0,
    notFound: 0,
    kept: 0,
    wouldClose: 0,
    unconfirmed: 0,
    failed: 0,
    expired: 0,
    notAttempted: 0,
    recovered: 0,
    reopened: 0,
    resting: 0,
    left: 0,
  };
}

/** Conversations with which something did not go well. */
export function troubleOf({
  failed,
  unconfirmed,
  expired,
}: Pick<Counts, 'failed' | 'unconfirmed' | 'expired'>): number {
  return failed + unconfirmed + expired;
}

/** HTTP attempts of one run. Public shape. */
export interface RequestFigures {
  total: number;
  reads: number;
  closes: number;
  surveys: number;
  tokens: number;
  /** Answers with status 429. */
  rateLimited: number;
  /** Attempts that repeated an earlier one. */
  retried: number;
}

export function noRequests(): RequestFigures {
  return { total: 0, reads: 0, closes: 0, surveys: 0, tokens: 0, rateLimited: 0, retried: 0 };
}

/** One recorded execution of anything that may close. */
export interface Run {
  readonly id: number;
  readonly kind: RunKind;
  readonly scope: RunScope;
  readonly state: RunState;
  readonly dryRun: boolean;
  readonly policy: Policy;
  readonly counts: Counts;
  readonly requests: RequestFigures;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly exitCode: number | null;
  /** The one-line summary; null while running. */
  readonly message: string | null;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/** Whether the process that began a run is there; of one on another machine nobody knows. */
export type Life = 'alive' | 'dead' | 'unknown';

/** The job of a night, as opposed to what people try out and what comes in by day. */
export function isFullSweep({ kind, scope, dryRun }: Pick<Run, 'kind' | 'scope' | 'dryRun'>): boolean {
  return kind === 'sweep' && scope === 'full' && !dryRun;
}

/** The nights that others are compared with: real, full and ended in good order. */
export function isBaseline(run: Pick<Run, 'kind' | 'scope' | 'dryRun' | 'exitCode'>): boolean {
  return isFullSweep(run) && run.exitCode !== null && [0, 3, 6].includes(run.exitCode);
}
