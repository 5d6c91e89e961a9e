import type { CloseRequest } from '../domain/close-request.ts';
import type { Mapping } from '../domain/mapping.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import type { Instant } from '../domain/time.ts';
import type { HoldStore, IntakeStore } from '../intake/ports.ts';
import type { Page } from '../report/ports.ts';
import type { WorkStore } from '../sweep/ports.ts';

/** The last that a real run recorded about a conversation. */
export interface LastOutcome {
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly decidedAt: Instant;
}

/** A mapping as whoever asks for its session sees it. */
export interface ServedConversation
  extends Pick<
    Mapping,
    'conversationId' | 'userId' | 'startedAt' | 'lastActivityAt' | 'state' | 'stateAt' | 'holdUntil'
  > {
  readonly lastOutcome: LastOutcome | null;
}

/** A close request, and what became of it. */
export interface ServedRequest extends CloseRequest {
  /** Null while it is pending; then so is `outcome`. */
  readonly settledAt: Instant | null;
  readonly outcome: OutcomeKind | null;
  /** Of the outcome that settled it; null also where that has been pruned. */
  readonly because: {
    readonly reason: string | null;
    readonly detail: string | null;
    readonly runId: number;
  } | null;
}

/**
 * The record, as the routes use it. Every call asks once or nearly so for the lock, and throws BusyError while another
 * program has it; DatabaseError otherwise.
 */
export interface ServedRecord
  extends Pick<IntakeStore, 'putMappings' | 'requestCloses'>,
    HoldStore,
    Pick<WorkStore, 'known'> {
  /** Runs calls as one immediate transaction. Never across an await. */
  atomically<T>(fn: () => T): T;
  /** The conversations of a session, those that began last first, `limit` at most. */
  session(sessionId: string, limit: number): Page<ServedConversation>;
  request(id: number): ServedRequest | null;
  /** Throws DatabaseError unless it can be written and has the schema that this program knows. */
  demandReady(): void;
}
