import type { Origin } from '../domain/close-request.ts';
import type { Instant } from '../domain/time.ts';

/** One accepted row of a mapping file; ids validated, times parsed. */
export interface MappingRow {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly startedAt: Instant;
  readonly lastActivityAt: Instant | null;
}

/** Somebody wants this conversation closed. */
export interface NewCloseRequest {
  readonly conversationId: string;
  readonly reason: string | null;
  readonly origin: Origin;
  readonly force: boolean;
}

export type ImportKind = 'mapping' | 'closes';

/** Why a row did not go in. `line` is the first line of the record, counted from 1. */
export interface Reject {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** The row as it stood, cut to 1,000 characters. */
  readonly raw: string;
}

/** Public shape: `import … --json`. */
export interface ImportCounts {
  rows: number;
  /** New, or known and changed. */
  accepted: number;
  /** Those of the accepted that were known and are different now. */
  changed: number;
  /** Already known exactly so. */
  unchanged: number;
  rejected: number;
}

/** What one row did: brought something new, changed what was known, or found it there exactly so. */
export type Effect = 'accepted' | 'changed' | 'unchanged';

/** The rows of one import that passed their checks, remembered however many they are. */
export interface SeenRows {
  /** The line of the first row with this identity; null: this one is the first, and is remembered. */
  earlierLine(identity: string, line: number): number | null;
  close(): void;
}

/** Each call is one immediate transaction. */
export interface IntakeStore {
  beginImport(kind: ImportKind, file: string, startedAt: Instant): number;
  /** A finished import of the same kind and content, the newest; null: none. */
  finishedImport(kind: ImportKind, sha256: string): { id: number; file: string; finishedAt: Instant } | null;
  /** Marks it finished; only then does {@link finishedImport} know it. */
  finishImport(importId: number, sha256: string, counts: ImportCounts, finishedAt: Instant): void;
  /**
   * Upserts rows. Never moves activity back; activity after `state_at` reopens a closed or gone row; of two
   * sessions for one conversation the one that started later wins.
   */
  putMappings(rows: readonly MappingRow[], source: string, now: Instant): Effect[];
  /**
   * Records close requests. A conversation with one pending keeps it (`unchanged`), unless the new one is forced or,
   * the pending one not being forced, comes from the terminal, or from a person where the pending one does not: then
   * it takes its place, with its time (`accepted`).
   */
  requestCloses(rows: readonly NewCloseRequest[], askedAt: Instant): { effect: Effect; requestId: number }[];
  putRejects(importId: number, rejects: readonly Reject[]): void;
}

/** Holds and look-ups by session for the commands. Each call is one immediate transaction. */
export interface HoldStore {
  /** Holds mapped conversations until then; null releases. Returns the ids that no mapping knows. */
  hold(conversationIds: readonly string[], until: Instant | null, now: Instant): string[];
  /** The open conversations of one session. */
  conversationsOf(sessionId: string): string[];
}
