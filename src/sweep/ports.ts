import type { CloseRequest, Origin } from '../domain/close-request.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { CloseReason } from '../domain/decide.ts';
import type { Mapping } from '../domain/mapping.ts';
import type { Consequences, Facts, Outcome, OutcomeKind } from '../domain/outcome.ts';
import type { Policy } from '../domain/policy.ts';
import type { Counts, RequestFigures, Run, RunKind, RunScope, RunState } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';

// ---- the world around -------------------------------------------------------------------------------------

export interface Clock {
  now(): Instant;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** Narration. Fields never carry a secret or what customers wrote. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

// ---- the remote side --------------------------------------------------------------------------------------
// Its clock may be another than ours. Every moment that comes through these ports is on ours: the client translates by
// how far the remote clock is ahead.

/** What one conversation's calls have cost and last answered; the client adds to it, also when it throws. */
export interface Trace {
  requests: number;
  httpStatus: number | null;
  errorCode: string | null;
  correlationId: string | null;
}

export interface CallContext {
  /** Ends the call, whatever it is doing. */
  readonly signal: AbortSignal;
  readonly trace: Trace;
  /** Goes before other reads that wait: what has been begun is finished first. */
  readonly urgent?: boolean;
}

/** What the answer to a close showed. `proof`: it already shows the end; else only a read can tell. */
export interface CloseReply {
  readonly proof: { readonly endedAt: Instant } | null;
}

/**
 * The two contracts behind one interface. All methods throw {@link ApiError} for one request that failed, and
 * AuthError or UnavailableError for what ends the run.
 */
export interface ConversationApi {
  /** Reads one conversation now; null when the remote side answers 404. */
  read(conversationId: string, context: CallContext): Promise<Conversation | null>;
  /** Asks for the end. Sent again only while it provably was not carried out. */
  close(conversationId: string, context: CallContext): Promise<CloseReply>;
}

/** The bulk read. Used to rule out what has ended, never to close. */
export interface SurveyApi {
  /**
   * Of these conversations, those that analytics knows to have ended; of each only status and end are told. Throws
   * ApiError: status 400 when these are too many for one call, `forbidden` without the permission.
   */
  endedOf(
    conversationIds: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, Conversation>>;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
}

/** What the client knows about its connection. */
export interface RemoteInfo {
  /** Gets a token, so that wrong credentials show before anything is recorded. Throws AuthError, UnavailableError. */
  signIn(signal: AbortSignal): Promise<void>;
  organization(signal: AbortSignal): Promise<Organization>;
  /** Remote minus local clock in ms, by the `Date` of its answers; null before the first one. */
  clockSkewMs(): number | null;
  /** Attempts so far. */
  figures(): RequestFigures;
  /** How many requests at a time are enough to use what is permitted, by rate and latency; at least 1. */
  usefulInFlight(): number;
  /** Waits for no answer any more, also of what is on its way; nothing can be asked afterwards. */
  hangUp(): void;
  /** How long everybody is waiting for the rate limit, in ms; 0 when nobody is. */
  waitingMs(): number;
}

// ---- where the mapping comes from ---------------------------------------------------------------------------

/** What was brought in from the source. */
export interface Synced {
  readonly importId: number;
  readonly file: string;
  readonly counts: {
    readonly rows: number;
    readonly accepted: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly rejected: number;
  };
  /** For people. */
  readonly message: string;
}

/** The database of the user's own application. All methods throw SourceError when it cannot be read. */
export interface Sync {
  readonly name: string;
  /** How many rows {@link run} would take because they are new or change something; `mayGoOn` as there. */
  waiting(mayGoOn: () => boolean): Promise<number>;
  /** Brings the mapping up to date; `mayGoOn` is asked now and then. Null: it said no. */
  run(mayGoOn: () => boolean): Promise<Synced | null>;
}

// ---- the lease --------------------------------------------------------------------------------------------

export interface Lease {
  /**
   * Takes the lease and returns how to give it back; null when another holds it. Never waits. The holder keeps what is
   * returned: the lock goes with its connection when nothing refers to that any more.
   */
  acquire(): (() => void) | null;
  /** Throws DatabaseError when what was acquired has been taken from under its holder: another may have begun. */
  demandHeld(): void;
}

// ---- the record -------------------------------------------------------------------------------------------

export interface NewRun {
  readonly kind: RunKind;
  readonly scope: RunScope;
  readonly dryRun: boolean;
  readonly policy: Policy;
  readonly startedAt: Instant;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

export interface RunConclusion {
  readonly state: RunState;
  readonly counts: Counts;
  readonly requests: RequestFigures;
  readonly exitCode: number;
  readonly message: string;
  readonly finishedAt: Instant;
}

export interface RunStore {
  begin(run: NewRun): number;
  finish(runId: number, conclusion: RunConclusion): void;
  /**
   * Marks every real run that is still `running`, except `currentRunId`, as `interrupted`: whoever calls holds the
   * lease, so their holders are dead. Dry runs hold no lease: theirs are marked when `isAlive` denies their holder.
   */
  interruptDead(
    currentRunId: number,
    now: Instant,
    isAlive: (run: Pick<Run, 'host' | 'pid' | 'startedAt'>) => boolean,
  ): number[];
  /** The newest real run that is `running`; who holds the lease, when somebody does. */
  running(): Run | null;
  /** The last `limit` baseline runs ({@link isBaseline}), newest first. */
  baselines(limit: number): Run[];
}

/** Place in the order of work: activity (or start), then id. */
export interface PageKey {
  readonly at: Instant;
  readonly conversationId: string;
}

export interface Due {
  /** Mappings with `coalesce(last_activity_at, started_at)` before this, no hold and no rest after `now`. */
  readonly cutoff: Instant;
  readonly now: Instant;
  /** Conversations that already have an outcome in this run are left out. */
  readonly runId: number;
}

/** What is known of a conversation on our side, read afresh. */
export interface Known {
  readonly mapping: Mapping | null;
  readonly request: CloseRequest | null;
  /** The newest outcome of a real run, other than those that brought no news of it (`not_attempted`, `expired`, `failed`). */
  readonly lastOutcome: {
    readonly outcome: OutcomeKind;
    readonly decidedAt: Instant;
    readonly runId: number;
  } | null;
  /** An earlier run was about to close it and has not recorded what became of that. */
  readonly intendedAt: Instant | null;
}

export interface WorkStore {
  /** How many mappings are due: open ones, and ended ones whose own side was active after `state_at`. */
  countDue(due: Due): number;
  /** How many would be due if they did not rest because they could not be closed ({@link Mapping.restsUntil}). */
  countResting(due: Due): number;
  /** The next due mappings' ids in order, oldest activity first; `after` null starts from the oldest. */
  pageDue(due: Due, after: PageKey | null, size: number): PageKey[];
  /**
   * Pending close requests with an id above `afterId`, in the order they came, without those whose conversation has
   * an outcome in run `runId`.
   */
  pageRequests(runId: number, afterId: number, size: number): CloseRequest[];
  /** How many are pending without an outcome in run `runId`. */
  countRequests(runId: number): number;
  /**
   * Conversations that a run leaves: pending requests, and the due ones unless `due.cutoff` is null, each counted
   * once, without an outcome in the run and without an intent.
   */
  countLeft(due: Omit<Due, 'cutoff'> & { readonly cutoff: Instant | null }): number;
  /** Pending requests made after run `runId` recorded an outcome for their conversation. */
  lateRequests(runId: number, size: number): CloseRequest[];
  /**
   * Mappings that ended between `from` and `to` (by `state_at`) and have no outcome in this run, oldest first: those
   * that we closed ourselves, or the others. The key's `at` is `state_at`.
   */
  pageWatched(
    range: { from: Instant; to: Instant; runId: number; ours: boolean },
    after: PageKey | null,
    size: number,
  ): PageKey[];
  known(conversationId: string): Known;
  /** Whether run `runId` has recorded an outcome for it. */
  isDone(runId: number, conversationId: string): boolean;
}

/** The durable "about to close": everything needed to finish the record without asking why again. */
export interface Intent extends Facts {
  readonly conversationId: string;
  readonly sessionId: string | null;
  readonly runId: number;
  readonly intendedAt: Instant;
  readonly reason: CloseReason;
  readonly detail: string | null;
  readonly origin: Origin;
  readonly requestId: number | null;
}

/** The ledger: what we are about to do, and what happened. Each call is one immediate transaction. */
export interface Ledger {
  /**
   * Records what `decide` makes of what is known inside the same transaction. Null, and then false: nothing was
   * written.
   */
  intend(conversationId: string, decide: (known: Known) => Intent | null): boolean;
  intents(): Intent[];
  /** Removes an intent without an outcome: proven not carried out. */
  withdraw(conversationId: string): void;
  /**
   * Writes the outcome, applies its consequences to mapping and pending request, and removes the intent. Whether the
   * mapping rests follows from the outcomes by then. Throws DatabaseError when the outcome needs an intent that is no
   * longer there: then another run has recorded it. `seenAt` becomes the mapping's `state_at`. In a dry run `consequences` is null and only the row is written.
   */
  record(runId: number, outcome: Outcome, consequences: Consequences | null, seenAt: Instant): void;
  /** The same for many, all of them or none. */
  recordAll(
    runId: number,
    outcomes: readonly { readonly outcome: Outcome; readonly consequences: Consequences | null }[],
    seenAt: Instant,
  ): void;
}
