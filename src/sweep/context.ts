import type { Outcome } from '../domain/outcome.ts';
import type { Policy } from '../domain/policy.ts';
import type { Counts } from '../domain/run.ts';
import type {
  Clock,
  ConversationApi,
  Lease,
  Ledger,
  Log,
  Random,
  RemoteInfo,
  RunStore,
  SurveyApi,
  Sync,
  WorkStore,
} from './ports.ts';

/** Everything a run needs from outside; put together in one place and passed in. */
export interface SweepDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly api: ConversationApi;
  /** Null: this contract has none. */
  readonly survey: SurveyApi | null;
  readonly remote: RemoteInfo;
  /** Null: the mapping comes from nowhere by itself. */
  readonly sync: Sync | null;
  readonly lease: Lease;
  readonly runs: RunStore;
  readonly work: WorkStore;
  readonly ledger: Ledger;
  /** Who runs this. */
  readonly identity: { readonly host: string; readonly pid: number; readonly version: string };
  /** Whether a process that once held a run still exists. */
  readonly isAlive: Parameters<RunStore['interruptDead']>[2];
  /** Asks the person at the terminal; null when there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  readonly onProgress: (progress: Progress) => void;
  /** Sees every outcome after it is recorded. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** What the person watching may see. */
export interface Progress {
  readonly phase: 'recovering' | 'syncing' | 'requests' | 'sweeping' | 'watching';
  readonly done: number;
  readonly total: number;
  readonly counts: Readonly<Counts>;
  readonly waitingMs: number;
}

/** How this run is to behave; durations in milliseconds. */
export interface SweepSettings {
  readonly policy: Policy;
  readonly dryRun: boolean;
  /** Rule out in bulk what has ended, where the contract permits. */
  readonly survey: boolean;
  /** Serve only what was asked for. */
  readonly onlyRequested: boolean;
  readonly acceptPolicy: boolean;
  readonly acceptVolume: boolean;
  /** Conversations to examine at most; null: no limit. */
  readonly limit: number | null;
  /** Closes to begin at most; Infinity: no limit. */
  readonly maxCloses: number;
  readonly maxDurationMs: number | null;
  /** How long what is in hand may take when the time is used up. */
  readonly graceMs: number;
  readonly concurrency: number;
  readonly verifyForMs: number;
  readonly conversationDeadlineMs: number;
  readonly requestMaxAgeMs: number;
  readonly surveyLagMs: number;
  readonly reopenWatchMs: number;
  readonly expectOrganization: string | null;
}

/** How a person stops a run: `stop` finishes what is in hand, `abort`, a grace later, does not wait for that either. */
export interface Interrupts {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}
