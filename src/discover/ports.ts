import type { MappingState } from '../domain/mapping.ts';
import type { Instant } from '../domain/time.ts';
import type { CallContext } from '../sweep/ports.ts';

/** From `since` on, and before `until`. */
export interface Period {
  readonly since: Instant;
  readonly until: Instant;
}

/** Which conversations are wanted; an empty list of queues or users excludes nothing. */
export interface Wanted {
  /** Lower case, at least one. */
  readonly messageTypes: readonly string[];
  /** Conversations that have been in one of these queues. */
  readonly queueIds: readonly string[];
  /** Conversations that one of these users has been in. */
  readonly userIds: readonly string[];
}

/** A conversation that has not ended, as far as analytics knows. Null: not told. */
export interface OpenConversation {
  /** A lower-case UUID. */
  readonly conversationId: string;
  readonly startedAt: Instant;
  /** When somebody last came, went or changed queues; analytics tells no messages. */
  readonly lastChangeAt: Instant | null;
  /** The queue it was last in. */
  readonly queueId: string | null;
  readonly agentConnected: boolean | null;
}

/** One question. */
export interface OpenQuery {
  readonly period: Period;
  readonly wanted: Wanted;
  readonly page: { readonly number: number; readonly size: number };
  /** The period can be cut in two: a 502 or 504 is not repeated. */
  readonly divisible: boolean;
}

/** One page of an answer. */
export interface OpenPage {
  readonly conversations: readonly OpenConversation[];
  /** How many conversations the answer held; those of no use, such as ended ones, are among them. */
  readonly entries: number;
  /** How many of them could not be understood. */
  readonly unreadable: number;
  /** How many conversations there are on all pages; null: not told. */
  readonly total: number | null;
}

/** Analytics, asked for what it knows. Both throw ApiError, AuthError and UnavailableError. */
export interface DiscoverApi {
  /**
   * One page of the open conversations that started on a day that the period touches, oldest first. Status 400, 502
   * and 504: perhaps too many for one call.
   */
  openIn(query: OpenQuery, context: CallContext): Promise<OpenPage>;
  /** Of these conversations, those that analytics knows, ended or not. Status 400: too many for one call. */
  knownOf(conversationIds: readonly string[], context: CallContext): Promise<ReadonlySet<string>>;
}

/** A mapping that is open on our side. */
export interface OpenMapping {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly startedAt: Instant;
  readonly lastActivityAt: Instant | null;
}

export interface DiscoverStore {
  /** Of these conversations, those that a mapping knows, with its state. */
  statesOf(conversationIds: readonly string[]): ReadonlyMap<string, MappingState>;
  /** Open mappings that started in the period, in the order of their ids, `size` at most. */
  pageOpen(period: Period, afterId: string | null, size: number): OpenMapping[];
}
