import type { Instant } from '../domain/time.ts';
import type { Night } from '../night/ports.ts';

/** How nights are planned, for those who show it. */
export interface ScheduleState {
  /** As it was given: `30 2 * * *`. */
  readonly cron: string;
  /** An IANA name. */
  readonly timeZone: string;
  /**
   * When the next night begins, jitter included; past only where it should have begun and has not. While one is under way
   * that leaves it out, when one is due after now. Null: it was stopped.
   */
  readonly nextAt: Instant | null;
  /** When the night that is under way began; null: none is. */
  readonly runningSince: Instant | null;
  /** The last night that this process has run; null: none yet. */
  readonly last: Night | null;
}

/** What the record knows of nights. Throws DatabaseError. */
export interface NightRecord {
  /** When the last real, full sweep began, whatever its end; null: there was none. */
  lastBeganAt(): Instant | null;
}

/** How it is stopped: `stop` finishes the night in hand in good order, `abort`, a grace later, does not wait for that. */
export interface Stops {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}
