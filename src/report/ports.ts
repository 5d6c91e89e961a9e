import type { CloseRequest } from '../domain/close-request.ts';
import type { Mapping, MappingState } from '../domain/mapping.ts';
import type { Outcome, OutcomeKind } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { Summary } from '../domain/summary.ts';
import type { Instant } from '../domain/time.ts';

/** One outcome of a real run, reduced to what figures need. */
export interface OutcomeRow {
  readonly runId: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly origin: string;
  readonly queueId: string | null;
  readonly decidedAt: Instant;
  /** How many it stands for; left out: 1. */
  readonly n?: number;
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
  /** Not tried by policy before. */
  readonly restsUntil: Instant;
  readonly outcome: OutcomeKind;
  readonly httpStatus: number | null;
  /** Genesys support asks for it. */
  readonly correlationId: string | null;
}

export interface ReportStore {
  /** Outcomes of real runs with `since <= decided_at < until`, oldest first, read page by page. */
  outcomes(since: Instant, until: Instant): Iterable<OutcomeRow>;
  /** What pruning has left of outcomes, whose quarter hour begins with `since <= slot_at < until`, oldest first. */
  summaries(since: Instant, until: Instant): Iterable<Summary>;
  /** What every look since then has shown, dry runs included, oldest first, read page by page. */
  observations(since: Instant): Iterable<Observation>;
  /** The first moment from which every outcome is there; null: nothing was ever pruned. */
  detailSince(): Instant | null;
  /** Everything that is read within `fn` is of one moment, also while a run records or a prune removes. */
  atOneMoment<T>(fn: () => T): T;
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
  resting(now: Instant, limit: number): Resting[];
}
