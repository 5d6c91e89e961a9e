import { EXIT, type ExitCode } from './errors.ts';
import type { Stay } from './expected.ts';
import type { Run } from './run.ts';
import type { Instant } from './time.ts';

/** How a night ended, as it was kept outside the record too. */
export interface NightEnd {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly exitCode: ExitCode;
  /** One sentence; no secret is in it. */
  readonly message: string;
  /** False: it ended without a conclusion on record. */
  readonly hadRun: boolean;
}

const ENDED_BEFOREHAND: readonly ExitCode[] = [EXIT.leaseHeld, EXIT.interrupted, EXIT.terminated];

/** Another run was at work, or somebody ended it before it had one: neither says anything of how the nights go. */
export function saysNothing({ exitCode, hadRun }: Pick<NightEnd, 'exitCode' | 'hadRun'>): boolean {
  return !hadRun && ENDED_BEFOREHAND.includes(exitCode);
}

/** What the record does not tell of a night: that it has no run there, or a run without its end. */
export type OffRecord = 'could_not_begin' | 'could_not_conclude';

/**
 * Whether the last night is one of which the record does not tell.
 *
 * @param last the newest real full sweep on record
 * @returns null: the record tells
 */
export function offRecord(
  night: NightEnd | null,
  last: Pick<Run, 'startedAt' | 'state'> | null,
): OffRecord | null {
  if (night === null || night.hadRun) return null;
  if (last === null || night.startedAt > last.startedAt) return 'could_not_begin';
  return last.state === 'running' && isRunOf(night, last) ? 'could_not_conclude' : null;
}

/** The sweep that was tried last, on record or not; null: none was. */
export function lastTried(night: NightEnd | null, last: (Stay & Pick<Run, 'state'>) | null): Stay | null {
  return offRecord(night, last) === 'could_not_begin' ? night : last;
}

/** A night begins before its run does, and ends after. */
export function isRunOf(
  night: Pick<NightEnd, 'startedAt' | 'finishedAt'>,
  { startedAt }: Pick<Run, 'startedAt'>,
): boolean {
  return night.startedAt <= startedAt && startedAt <= night.finishedAt;
}
