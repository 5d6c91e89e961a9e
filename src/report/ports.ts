import type { CloseRequest } from '../domain/close-request.ts';
import type { Mapping, MappingState } from '../domain/mapping.ts';
import type { Outcome, OutcomeKind } from '../domain/outcome.ts';
import type { RequestFigures, Run } from '../domain/run.ts';
import type { Summary } from '../domain/summary.ts';
import type { Instant } from '../domain/time.ts';

/** One outcome of a real run, or the sum of several alike, reduced to what figures need. */
export interface OutcomeRow {
  readonly runId: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly origin: string;
  readonly queueId: string | null;
  /** Of a sum: a moment of the same quarter of an hour, which is as fine as days and hours in any time zone need. */
  readonly decidedAt: Instant;
  /** How many outcomes it stands for; 1 for a single one. */
  readonly n: number;
  /** HTTP attempts of all of them. */
  readonly requests: number;
  /** Of a single close; null for other outcomes and for sums. */
  readonly close: CloseDetail | null;
}

export type OutcomeCount = Pick<OutcomeRow, 'outcome' | 'n'>;

export interface CloseDetail {
  readonly conversationId: string;
  readonly sessionId: string | null;
  readonly closedAt: Instant;
  /** Since the later sign of life of both sides, when the outcome was decided; null: nobody knows. */
  readonly idleMs: number | null;
  readonly agentConnected: boolean | null;
  /** Of the policy of its run. */
  readonly staleAfterMs: number;
  /** When a later run first saw that it had come back to life; null: none has. */
  readonly reopenedAt: Instant | null;
}

/** A real full sweep: the job of one night. */
export interface FullSweep {
  readonly id: number;
  readonly startedAt: Instant;
  /** Of one that died: when that was found out. */
  readonly finishedAt: Instant | null;
  /** Null: it died, or is still at work; its counts are not known. */
  readonly exitCode: number | null;
  readonly candidates: number;
  readonly left: number;
}

/** What the table of runs tells about a period. */
export interface RunsOfPeriod {
  /** Real full sweeps that began in it, and the last one before it; in the order of time. */
  readonly sweeps: readonly FullSweep[];
  /** HTTP attempts of the real runs that began in it and have ended by themselves. */
  readonly requests: RequestFigures;
  /** The same of dry runs, in total. */
  readonly dryRequests: number;
  /** Real runs that began in it and died, or are still at work. */
  readonly unfinished: readonly number[];
  /** Of all real runs on record. */
  readonly firstRunAt: Instant | null;
  /** Of all real full sweeps on record. */
  readonly firstSweepAt: Instant | null;
}

/** What failed in a period, summed up for one conversation. */
export interface FailureRow {
  readonly conversationId: string;
  readonly sessionId: string | null;
  readonly outcome: 'failed' | 'unconfirmed';
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly correlationId: string | null;
  readonly tries: number;
  readonly requests: number;
  readonly lastAt: Instant;
  readonly settledAs: 'closed' | 'already_closed' | 'not_found' | 'kept' | null;
  /** Null, or past: it is tried as usual. */
  readonly restsUntil: Instant | null;
}

/** How many there are in all, and as many of them as were asked for. */
export interface Page<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** What one look showed, as far as it matters for what another policy would have decided. */
export interface Observation
  extends Pick<
    Outcome,
    | 'conversationId'
    | 'outcome'
    | 'reason'
    | 'remoteLastActivityAt'
    | 'idleSeconds'
    | 'agentConnected'
    | 'decidedAt'
  > {
  readonly runId: number;
  readonly dryRun: boolean;
}

export interface SettledRequest extends CloseRequest {
  readonly settledAt: Instant | null;
  readonly outcome: OutcomeKind | null;
}

/** An outcome, and the run that recorded it. */
export interface RecordedOutcome extends Outcome {
  readonly runId: number;
  readonly dryRun: boolean;
}

/** Everything recorded about one conversation. */
export interface History {
  readonly mapping: Mapping | null;
  /** When the mapping was recorded. */
  readonly mappedAt: Instant | null;
  readonly source: string | null;
  readonly intendedAt: Instant | null;
  readonly requests: readonly SettledRequest[];
  /** In the order of recording, dry runs included. */
  readonly outcomes: readonly RecordedOutcome[];
  /** Outcomes before it may have been pruned; null: none ever was. */
  readonly detailSince: Instant | null;
}

/** One of the conversations of a session, and the last that a real run recorded about it. */
export interface SessionConversation {
  readonly conversationId: string;
  readonly state: MappingState;
  readonly startedAt: Instant;
  readonly lastActivityAt: Instant | null;
  readonly stateAt: Instant | null;
  readonly lastOutcome: OutcomeKind | null;
}

/** The database at a glance, for `doctor` and `db status`. */
export interface Overview {
  readonly mappings: Readonly<Record<'open' | 'closed' | 'gone', number>>;
  readonly onHold: number;
  readonly pendingRequests: number;
  readonly intents: number;
  readonly outcomes: number;
  /** Outcomes that were pruned and live on in summaries. */
  readonly summarised: number;
  /** From then on every outcome is there; null: nothing was ever pruned. */
  readonly detailSince: Instant | null;
  readonly runs: number;
  readonly oldestOpenAt: Instant | null;
}

/** A conversation that could not be closed three nights running, and how the latest try ended. */
export interface Resting {
  readonly conversationId: string;
  readonly sessionId: string | null;
  /** Not tried by policy before. */
  readonly restsUntil: Instant;
  readonly outcome: OutcomeKind;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  /** Genesys support asks for it. */
  readonly correlationId: string | null;
  readonly lastAt: Instant;
}

export interface ReportStore {
  /** Everything that `fn` reads is of the same moment, whatever others write meanwhile. */
  atOneMoment<T>(fn: () => T): T;
  /** Outcomes of real runs with `since <= decided_at < until`, oldest first, read page by page. */
  outcomes(since: Instant, until: Instant): Iterable<OutcomeRow>;
  /** How many of each kind there are among them. */
  totals(since: Instant, until: Instant): readonly OutcomeCount[];
  runsOf(since: Instant, until: Instant): RunsOfPeriod;
  /**
   * Conversations that failed or stayed unconfirmed in the period: those first that no later look has settled, then
   * the latest failure first; `limit` at most.
   */
  failures(since: Instant, until: Instant, limit: number): Page<FailureRow>;
  /** Mappings that a sweep with this policy would look at now, and since when our side of the oldest is silent. */
  due(now: Instant, staleAfterMs: number): { readonly n: number; readonly oldestAt: Instant | null };
  /** What pruning has left of outcomes, whose quarter hour begins with `since <= slot_at < until`, oldest first. */
  summaries(since: Instant, until: Instant): Iterable<Summary>;
  /** What every look since then has shown, dry runs included, oldest first, read page by page. */
  observations(since: Instant): Iterable<Observation>;
  /** The first moment from which every outcome is there; null: nothing was ever pruned. */
  detailSince(): Instant | null;
  history(conversationId: string): History;
  /** All that are mapped to it, in the order in which they began. */
  conversationsOf(sessionId: string): SessionConversation[];
  /** Newest first. */
  runs(limit: number): Run[];
  run(runId: number): Run | null;
  /** Outcomes of one run, of these kinds (all when empty), in the order they were decided, `limit` at most. */
  outcomesOf(runId: number, kinds: readonly OutcomeKind[], limit: number): Outcome[];
  overview(now: Instant): Overview;
  /** The longest at rest first, `limit` at most. */
  resting(now: Instant, limit: number): Page<Resting>;
}
