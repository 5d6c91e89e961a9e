import type { OutcomeKind } from '../domain/outcome.ts';
import type { Life, Run } from '../domain/run.ts';
import type { Summary } from '../domain/summary.ts';
import type { Instant } from '../domain/time.ts';
import type { FailureRow, FullSweep, Page, Resting } from '../report/ports.ts';

/** A place in the walk over open mappings; sorts. */
export type OpenKey = string;

/** A stretch of the open mappings, the longest silent first. */
export interface OpenStretch {
  readonly due: number;
  readonly onHold: number;
  /** Since when our own side of the oldest that is due is silent; null: none of them is. */
  readonly oldestAt: Instant | null;
  /** Where the next stretch begins; null: this was the last. */
  readonly next: OpenKey | null;
}

export interface Held {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly holdUntil: Instant;
}

export interface Asked {
  readonly id: number;
  readonly conversationId: string;
  readonly origin: string;
  readonly requestedAt: Instant;
}

/** Events of Genesys Cloud, as the record has them. */
export interface EventFigures {
  readonly waiting: number;
  /** Settled since the time asked for. */
  readonly settled: number;
  readonly lastReceivedAt: Instant | null;
}

/**
 * The record in small steps: each call is short whatever the record has grown to, so that whoever serves others may
 * serve them between two of them. All of them throw DatabaseError, and BusyError while another's lock is in the way.
 */
export interface DashboardStore {
  /** Outcomes of real runs with `since <= decided_at < until`, summed up by quarter hour; pruned ones included. */
  sums(since: Instant, until: Instant): Summary[];
  /** Real full sweeps since then, and the last one before; in the order of time. */
  sweeps(since: Instant): FullSweep[];
  firstSweepAt(): Instant | null;
  /** Whether there is any mapping, in whatever state. */
  hasMappings(): boolean;
  /** Newest first. */
  runs(limit: number): Run[];
  /** The newest real full sweep. */
  lastSweep(): Run | null;
  /** What a run has recorded so far. */
  progress(runId: number): Readonly<Partial<Record<OutcomeKind, number>>>;
  failures(since: Instant, until: Instant, limit: number): Page<FailureRow>;
  resting(now: Instant, limit: number): Page<Resting>;
  /**
   * The next `size` mappings that a sweep may have to look at.
   * @param from null: from the beginning
   */
  open(from: OpenKey | null, staleAfterMs: number, now: Instant, size: number): OpenStretch;
  /** Those on hold in the same stretch, those that end first first; `limit` at most. */
  held(from: OpenKey | null, now: Instant, size: number, limit: number): Held[];
  /** Pending close requests in the order in which they came. */
  asked(afterId: number, size: number): Asked[];
  events(settledSince: Instant): EventFigures;
}

/** What is known of the process that began a run. */
export type LifeOf = (run: Run) => Life;

/** What the background is doing about events and close requests. */
export interface BackgroundState {
  readonly phase: 'stopped' | 'idle' | 'working' | 'waiting_for_lease' | 'backing_off';
  /** Why nothing is worked on, in a sentence; null: nothing is wrong. */
  readonly trouble: string | null;
  readonly retryAt: Instant | null;
  readonly lastBatchAt: Instant | null;
}

/** The schedule in this process, as far as it is to be seen. */
export interface ScheduleState {
  readonly cron: string;
  readonly timeZone: string;
  /** Past where it should have begun and has not; null: there is none. */
  readonly nextAt: Instant | null;
  readonly runningSince: Instant | null;
}
