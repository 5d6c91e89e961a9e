import type { KeepReason } from '../domain/decide.ts';
import type { ExitCode } from '../domain/errors.ts';
import type { Counts, RequestFigures, RunKind, RunScope, RunState } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';

/** What a night's run came to, where it had one. */
export interface NightReport {
  readonly run: {
    readonly id: number;
    readonly kind: RunKind;
    readonly scope: RunScope;
    readonly state: RunState;
  };
  readonly counts: Readonly<Counts>;
  readonly keptReasons: Readonly<Partial<Record<KeepReason, number>>>;
  readonly requests: RequestFigures;
}

/** One real sweep, as those see it who watch over it: also one that could not begin, and is on no record. */
export interface Night {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly exitCode: ExitCode;
  /** One sentence; no secret is in it. */
  readonly message: string;
  /** Null: it could not sign in, the lease was held, the database could not be used, or the like. */
  readonly report: NightReport | null;
}

/** Somebody who is told of nights. What they make of it has no influence on the night. */
export interface NightWatcher {
  /** What it is called where it fails: `the metrics file`. */
  readonly name: string;
  /** Is not waited for: the night goes on beside it, and its end is told when this is done. */
  begun(startedAt: Instant): Promise<void>;
  /** Is waited for, also after an interrupt: it must come to an end by itself, in seconds. */
  ended(night: Night): Promise<void>;
}
