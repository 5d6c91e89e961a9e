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
  /** What names the row where it has no line that a person could look up. */
  readonly key?: string;
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

// ---- the database of the user's own application ---------------------------------------------------------------

/** A value as SQLite keeps it: NULL, TEXT, REAL, INTEGER or BLOB. */
export type ForeignValue = null | string | number | bigint | Uint8Array;

/** One row of the user's query. Texts and BLOBs are cut to 1,000 characters or bytes. */
export interface ForeignRow {
  readonly conversation_id: ForeignValue;
  readonly session_id: ForeignValue;
  readonly started_at: ForeignValue;
  readonly last_activity_at: ForeignValue;
  readonly user_id: ForeignValue;
  /** The column that grows; null also where none is named. */
  readonly since: ForeignValue;
}

/** What one read transaction brought. `unread`: rows that cannot be good, beyond those that are here to be named. */
export interface ForeignPage {
  readonly rows: readonly ForeignRow[];
  readonly unread: number;
}

/** A database of another program and a query on it, opened for reading. All methods throw SourceError. */
export interface OpenForeign {
  /** Which file it is: another one in the same place has another identity. */
  readonly fileIdentity: string;
  readonly querySha256: string;
  /** Columns that the query yields and nobody uses. */
  readonly ignored: readonly string[];
  /** The query itself asks since when, and is told NULL where everything is read. */
  readonly asksSince: boolean;
  /** How many rows there are to read from this moment on; null: all. */
  count(since: Instant | null): number;
  /**
   * The same rows, page by page. Each step is one short read transaction of its own. Rows whose column is no time and
   * sorts before every time are missing where `since` is given.
   */
  pages(since: Instant | null): Iterable<ForeignPage>;
  close(): void;
}

/** The source as the settings name it. */
export interface Foreign {
  /** Of the file, for one line. */
  readonly name: string;
  readonly path: string;
  open(): OpenForeign;
}

/** How far a source has been read, and what it was then. */
export interface SourceState {
  readonly fileIdentity: string;
  readonly querySha256: string;
  /** The newest change that was seen; null: it has no column that grows. */
  readonly cursor: Instant | null;
  readonly syncedAt: Instant;
}

export interface SourceStore {
  /** Null: it was never read to its end. */
  state(path: string): SourceState | null;
  save(path: string, state: SourceState): void;
  /** Runs calls of the stores as one immediate transaction. Never across an await. */
  atomically<T>(fn: () => T): T;
}
