import type { Origin } from '../domain/close-request.ts';
import type { ExitCode } from '../domain/errors.ts';
import type { ConversationEvent, EventKind } from '../domain/event.ts';
import type { Instant } from '../domain/time.ts';

/** An event on record that nothing has become of yet. */
export interface PendingEvent {
  readonly id: number;
  readonly kind: EventKind;
  readonly name: string;
  readonly conversationId: string;
  readonly eventAt: Instant;
  /** How often it was taken up in vain. */
  readonly attempts: number;
}

/** What a batch is to do; no conversation is in both. */
export interface BatchWork {
  /** Conversations whose pending close requests are to be served. */
  readonly closes: ReadonlySet<string>;
  /** Conversations that are only to be looked at, and on whose account. */
  readonly looks: ReadonlyMap<string, Origin>;
}

/** What is known after a batch beyond what is on record. */
export interface AfterBatch {
  readonly now: Instant;
  /** Conversations that were looked at and have not ended. */
  readonly stillActive: ReadonlySet<string>;
  /** When an event that nothing became of is due again, by its attempts so far; null: it stays due, and counts none. */
  readonly dueAgain: ((attempts: number) => Instant) | null;
}

/** The record of events. Each call is one immediate transaction; all of them throw DatabaseError. */
export interface EventStore {
  /**
   * Records events, and a close request for each that asks for one, unless its conversation has one pending. What was
   * recorded before is dropped (`duplicate`). All of them or none.
   */
  accept(
    events: readonly ConversationEvent[],
    receivedAt: Instant,
    dueAt: Instant,
  ): ('accepted' | 'duplicate')[];
  /** When the first pending event is due; null: none is pending. */
  nextDue(): Instant | null;
  /** The first pending events that are due by then, in the order in which they are. */
  due(until: Instant, size: number): PendingEvent[];
  /** Settles those of them that something has become of, and says what is to be done for the others. */
  takeUp(events: readonly PendingEvent[], now: Instant): BatchWork;
  /** The same after a batch; what nothing became of is due again later. */
  conclude(events: readonly PendingEvent[], after: AfterBatch): void;
  countPending(): number;
}

/** A pending close request. */
export interface AskedClose {
  readonly requestId: number;
  readonly conversationId: string;
  readonly requestedAt: Instant;
}

export interface AskedStore {
  /** The pending close requests that came over HTTP, in the order in which they came. Throws DatabaseError. */
  pendingOverHttp(limit: number): AskedClose[];
}

/** What became of a batch as a whole. */
export interface BatchReport {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly stillActive: ReadonlySet<string>;
}

/** Does the work of batches, each as one run under the lease. */
export interface BatchRunner {
  /**
   * Null: another holds the lease, or it was stopped before it had begun. Throws AuthError, UnavailableError or DatabaseError when it could not begin.
   *
   * @param interrupts `stop` finishes what is in hand, `abort` does not wait for that either
   */
  run(
    work: BatchWork,
    interrupts: { readonly stop: AbortSignal; readonly abort: AbortSignal },
  ): Promise<BatchReport | null>;
}
