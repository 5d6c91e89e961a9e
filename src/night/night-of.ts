import { EXIT, ExpectedError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Night, NightReport } from './ports.ts';

/** A sweep that has a run, and what came of it. */
export type ConcludedRun = NightReport & Pick<Night, 'exitCode' | 'message'>;

export interface Span {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** The night that ended so: with a run, or with what was thrown instead. */
export function nightOf(
  { startedAt, finishedAt, redact }: Span,
  end: ConcludedRun | { readonly thrown: unknown },
): Night {
  const span = { startedAt, finishedAt };
  if (!('thrown' in end)) {
    return { ...span, exitCode: end.exitCode, message: redact(end.message), report: end };
  }
  const { thrown } = end;
  const exitCode = thrown instanceof ExpectedError ? thrown.exitCode : EXIT.unexpected;
  const message = redact(thrown instanceof Error ? thrown.message : String(thrown));
  return { ...span, exitCode, message, report: null };
}
