import type { OutcomeKind } from '../domain/outcome.ts';
import type { Instant } from '../domain/time.ts';

export const GROUPINGS = ['day', 'hour', 'outcome', 'reason', 'queue', 'origin', 'run'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** How often each outcome occurred; all nine are always there. */
export type Totals = Record<OutcomeKind, number>;
export type ReportRow = { readonly key: string } & Readonly<Totals>;

/**
 * Everything that the reports say, in every format. It covers what real runs decided from `since` up to, not
 * including, `until`; dry runs count nowhere. Moments are {@link Instant}s, durations milliseconds (`…Ms`), rates and
 * shares between 0 and 1.
 */
export interface Report {
  readonly since: Instant;
  readonly until: Instant;
  /** When the report was made: the moment of `backlog` and `unclosable`, and of all that is "known by now". */
  readonly now: Instant;
  /** IANA name; days and hours are those of its clocks. */
  readonly timeZone: string;
  /** What `rows` are grouped by. */
  readonly by: Grouping;
  readonly totals: Readonly<Totals>;
  /** In the order of their keys; hours and runs in the order of time. By day, days without an outcome are rows of zeros. */
  readonly rows: readonly ReportRow[];
  /** Every day of the period in the order of time, whatever `by` is. */
  readonly days: readonly DayFigures[];
  /** The most frequent first. A conversation that is kept every night counts every night. */
  readonly keptReasons: readonly ReasonCount[];
  readonly before: PeriodBefore;
  /** closed / (closed + failed + unconfirmed); null when no close was tried. */
  readonly successRate: number | null;
  readonly requests: RequestsSpent;
  readonly backlog: Backlog;
  /** One point for each real full sweep that began in the period, in the order of time; the newest 1,000. */
  readonly backlogTrend: Listed<BacklogPoint>;
  /** How long both sides had been silent when a conversation was closed. Only of closes whose detail is there. */
  readonly idleAtClose: IdleAtClose;
  /** From the moment it became stale by the policy of its run until it was closed. Only of closes by policy. */
  readonly staleToClosed: Spread;
  /** Null when no night is expected (`expectedEvery: none`). */
  readonly nights: Nights | null;
  readonly reopened: Reopened;
  readonly capacity: CapacityFreed;
  /** What failed or stayed unconfirmed, each conversation once: what is not settled first, then the latest first. */
  readonly failures: Listed<Failure>;
  /** What rests now because it could not be closed three nights running, the longest at rest first. */
  readonly unclosable: Listed<Unclosable>;
  /**
   * Older outcomes of this record are kept as sums only: counts are exact for the whole period, but times, reopened
   * ones, capacity and lists know only of what was decided since then. Null: every outcome is there.
   */
  readonly detailSince: Instant | null;
}

/** A list that may be cut: how many there are, and the first of them ({@link LISTED} at most). */
export interface Listed<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** The most entries of any list in a report. */
export const LISTED = 1_000;

export type DayFigures = {
  /** `2026-11-24`, in the report's time zone. */
  readonly day: string;
  /** Whether a real full sweep began or was at work on it; tells "nothing to close" from "nobody looked". */
  readonly ran: boolean;
  /** HTTP attempts spent on the conversations of this day. */
  readonly requests: number;
} & Readonly<Totals>;

export interface ReasonCount {
  readonly reason: string;
  readonly n: number;
}

/** The period of the same length just before. */
export interface PeriodBefore {
  readonly since: Instant;
  /** The `since` of the report; not included. */
  readonly until: Instant;
  readonly totals: Readonly<Totals>;
  /** Each total of the report minus that of the period before. */
  readonly difference: Readonly<Totals>;
  readonly successRate: number | null;
  /** Whether real runs were on record by its beginning; if not, the comparison says little. */
  readonly recorded: boolean;
}

/** HTTP attempts of real runs that began in the period. */
export interface RequestsSpent {
  readonly total: number;
  readonly reads: number;
  readonly closes: number;
  readonly surveys: number;
  readonly tokens: number;
  /** Answers with status 429. */
  readonly rateLimited: number;
  /** Attempts that repeated an earlier one. */
  readonly retried: number;
  /** `total` / closed; null when nothing was closed. */
  readonly perClose: number | null;
  /** Those of dry runs, on top of `total`. */
  readonly dryRuns: number;
  /** Runs that died, or are still at work: of them there is only what their outcomes in the period recorded, in `total`. */
  readonly unfinishedRuns: number;
}

/** What waits now, by the policy in force. */
export interface Backlog {
  /** Mappings that a sweep would look at now: open, our own side idle for longer than `staleAfterMs`, no hold, no rest. */
  readonly due: number;
  /** How long our own side of the oldest of them has been silent; null when none is due. */
  readonly oldestMs: number | null;
  readonly onHold: number;
  /** Could not be closed three nights running: tried once a week. */
  readonly resting: number;
  readonly pendingRequests: number;
  /** Of the policy in force, not of the runs in the period. */
  readonly staleAfterMs: number;
}

export interface BacklogPoint {
  readonly runId: number;
  readonly startedAt: Instant;
  /** In the report's time zone. */
  readonly day: string;
  /** Mappings due when it began; null where the run died or has not ended. */
  readonly candidates: number | null;
  /** Due and not looked at when it ended; null likewise. */
  readonly left: number | null;
}

/** Exact percentiles (nearest rank: a value that occurred). All null when `n` is 0. */
export interface Spread {
  /** How many values there are. */
  readonly n: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly maxMs: number | null;
}

export interface IdleAtClose extends Spread {
  /** Closes of which nobody knows the last activity; not in `n`. */
  readonly unknown: number;
  /** Seven bins from short to long, always all of them. */
  readonly histogram: readonly Bin[];
}

export interface Bin {
  /** `<1d`, `1-2d`, …, `>30d` */
  readonly label: string;
  /** Included. */
  readonly fromMs: number;
  /** Not included; null: without end. */
  readonly toMs: number | null;
  readonly n: number;
}

/** Nights that were due against nights on which a real full sweep began. */
export interface Nights {
  /** Null: at the times of a schedule. */
  readonly expectedEveryMs: number | null;
  /** `run` + those missing. Nothing is due before the first full sweep on record. */
  readonly due: number;
  readonly run: number;
  /** Of those, the ones whose run was refused, failed, was interrupted or died; not one that is known to be at work. */
  readonly incomplete: number;
  readonly missing: Listed<MissingNight>;
  /**
   * Days on which a night began or comes next, and those on which one is `missing`; no others are days of nights. Null:
   * all days since the first sweep are.
   */
  readonly days: ReadonlyMap<string, 'due' | 'missing'> | null;
  /** The first real full sweep on record; null: none yet. */
  readonly firstRunAt: Instant | null;
}

export interface MissingNight {
  /** Without a schedule by the night before. */
  readonly dueAt: Instant;
  /** In the report's time zone. */
  readonly day: string;
}

/** What came back to life after we had closed it, as far as later runs have seen by now. */
export interface Reopened {
  /** Closes of the period whose detail is there. */
  readonly closes: number;
  /** `list.total` / `closes`, the rate of false positives; null without closes. */
  readonly rate: number | null;
  readonly list: Listed<ReopenedClose>;
}

export interface ReopenedClose {
  readonly conversationId: string;
  readonly sessionId: string | null;
  /** Why it was closed: requested, stale, stale_unanswered, confirmed_late. */
  readonly reason: string | null;
  readonly closedAt: Instant;
  /** When a run first saw that it had come back. */
  readonly seenAt: Instant;
}

/**
 * Agents' slots that closing has freed, as a range within the period. It is no measurement: what would have happened
 * otherwise is not known, and no share of anybody's capacity is claimed.
 */
export interface CapacityFreed {
  /** Closes while an agent was connected: each is taken to hold one slot. */
  readonly withAgent: number;
  /** Of those, the ones that were reopened; they count in the upper bound only. */
  readonly reopened: number;
  /** Closes of which it is not known whether an agent was connected; in neither bound. */
  readonly unknown: number;
  /** Had the next night that was due closed it. Null when no night is expected, or none has run yet. */
  readonly lowerMs: number | null;
  /** Had nothing ended it before the end of the period, or before now if that is earlier. */
  readonly upperMs: number;
  /** How both bounds are reckoned, and what is assumed; sentences for people. */
  readonly formula: readonly string[];
}

export interface Failure {
  readonly conversationId: string;
  readonly sessionId: string | null;
  /** Of its latest failure. */
  readonly outcome: 'failed' | 'unconfirmed';
  /** The stage of a failure (inspect, close), or why an unconfirmed close was sent. */
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  /** Genesys support asks for it. */
  readonly correlationId: string | null;
  /** Failures of this conversation in the period. */
  readonly tries: number;
  /** HTTP attempts of all of them. */
  readonly requests: number;
  /** When the latest of them was decided. */
  readonly lastAt: Instant;
  /** How the latest look since has ended, if it did not fail; null: it still fails, or nobody has looked again. */
  readonly settledAs: 'closed' | 'already_closed' | 'not_found' | 'kept' | null;
  /** A sentence: what somebody should do about it. */
  readonly nextAction: string;
}

export interface Unclosable {
  readonly conversationId: string;
  readonly sessionId: string | null;
  /** How the latest try ended. */
  readonly outcome: OutcomeKind;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  /** Genesys support asks for it. */
  readonly correlationId: string | null;
  readonly lastAt: Instant;
  /** Not tried by policy before. */
  readonly restsUntil: Instant;
  /** A sentence: what somebody should do about it. */
  readonly nextAction: string;
}
