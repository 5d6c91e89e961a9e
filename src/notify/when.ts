import { EXIT, type ExitCode } from '../domain/errors.ts';
import type { Night } from '../night/ports.ts';
import type { Before } from './ports.ts';

/** Why somebody is told of a night. */
export type Occasion = 'failure' | 'refusal' | 'change';

/** What is needed of a night to tell whether it is worth telling. */
export type Ended = Pick<Night, 'exitCode' | 'report'>;

const FAILED: readonly ExitCode[] = [EXIT.unexpected, EXIT.usage, EXIT.auth, EXIT.unavailable, EXIT.database];
/** Another run was at work, or somebody at the keyboard ended it: neither says how the nights go. */
const NO_NIGHT: readonly ExitCode[] = [EXIT.leaseHeld, EXIT.interrupted];
/** Who is stopped in the middle may well be resumed in time; a heartbeat that stays away says so if not. */
const NO_BEAT: readonly ExitCode[] = [...NO_NIGHT, EXIT.terminated];

/** Whether the next night is compared with this one. */
export function isNight({ exitCode }: Pick<Ended, 'exitCode'>): boolean {
  return !NO_NIGHT.includes(exitCode);
}

/** Each is an errand for somebody, so each is told, however many come in a row. */
export function isFailure({ exitCode, report }: Ended): boolean {
  if (exitCode !== EXIT.incomplete) return FAILED.includes(exitCode);
  return report === null || report.counts.failed + report.counts.unconfirmed > 0;
}

/**
 * Why this night is told, by the settings; null: it is not. A change is another exit code than that of the night before, or
 * the end of a failure with the same one, so that what lasts is told once, and its end too.
 *
 * @param before null: nothing is known, which counts as well
 * @param isWhole false: a sweep of a part of the work, whose end is not compared with those of nights
 */
export function occasionOf(
  night: Ended,
  before: Pick<Before, 'exitCode' | 'failed'> | null,
  { on, isWhole }: { readonly on: readonly Occasion[]; readonly isWhole: boolean },
): Occasion | null {
  const failed = isFailure(night);
  const { exitCode, failed: hadFailed } = before ?? { exitCode: EXIT.ok, failed: false };
  const isOther = night.exitCode !== exitCode || failed !== hadFailed;
  const isChange = isWhole && isNight(night) && isOther;
  const applying: readonly (readonly [Occasion, boolean])[] = [
    ['failure', failed],
    ['refusal', night.exitCode === EXIT.refused],
    ['change', isChange],
  ];
  return applying.find(([occasion, applies]) => applies && on.includes(occasion))?.[0] ?? null;
}

/** What the heartbeat is after this night; null: there is none. */
export function beatOf(night: Ended): 'success' | 'fail' | null {
  if (NO_BEAT.includes(night.exitCode)) return null;
  return isFailure(night) || night.exitCode === EXIT.refused ? 'fail' : 'success';
}
