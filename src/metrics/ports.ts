import type { OutcomeKind } from '../domain/outcome.ts';
import type { Counts } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';

/** So many outcomes of real runs. */
export interface OutcomeTally {
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly n: number;
}

/** The last real full sweep that has ended. */
export interface EndedSweep {
  readonly startedAt: Instant;
  /** Of one that died: when that was found out. */
  readonly finishedAt: Instant;
  /** Null: it died. */
  readonly exitCode: number | null;
  readonly counts: Readonly<Counts>;
  readonly outcomes: readonly OutcomeTally[];
}

/** How many wait, and since when the first of them does. */
export interface Waiting {
  readonly n: number;
  readonly oldestAt: Instant | null;
}

/** What the record tells at one moment, whichever process did the work. */
export interface RecordFigures {
  readonly now: Instant;
  /** When the last real full sweep began, ended or not; null: there was none yet. */
  readonly lastStartedAt: Instant | null;
  readonly lastEnded: EndedSweep | null;
  /** When the last full sweep with exit code 0, 3 or 6 ended; null: none has. */
  readonly succeededAt: Instant | null;
  /** Of the whole record, with what was pruned: never falls. */
  readonly outcomes: readonly OutcomeTally[];
  readonly reopened: number;
  /** What a sweep would look at now. */
  readonly due: number;
  /** Since when our side of the longest silent open mapping is. */
  readonly oldestOpenAt: Instant | null;
  readonly onHold: number;
  readonly resting: number;
  readonly requests: Waiting;
  readonly events: Waiting;
  readonly intents: number;
}

/** The record, read for machines that ask every few seconds. Writes nothing; throws DatabaseError. */
export interface MetricsStore {
  /** Each step is short. One reading at a time, to its end. */
  figures(now: Instant, staleAfterMs: number): Generator<void, RecordFigures>;
}

/** One attempt to reach Genesys Cloud that is over. */
export interface Attempted {
  readonly method: string;
  /** A template, such as `/api/v2/conversations/messages/{id}`: never with an id. */
  readonly route: string;
  /** That of the answer; `never_sent` or `lost` when there was none. */
  readonly status: number | 'never_sent' | 'lost';
  readonly durationMs: number;
}

/** Is told what the client does. It throws nothing and takes no time. */
export interface RequestObserver {
  attempted(attempt: Attempted): void;
  /** How long an attempt waited for its turn before it began, in ms. */
  waited(ms: number): void;
  retried(): void;
  /** Nobody answers, so nothing more is sent. */
  gaveUp(): void;
}

/** One request that was answered over HTTP. */
export interface Answered {
  readonly method: string;
  /** A template, or `unknown`. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}
