import { EXIT, ExpectedError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock, Log } from '../sweep/ports.ts';
import type { Night, NightReport, NightWatcher } from './ports.ts';

export interface WatchedParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly watchers: readonly NightWatcher[];
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/**
 * Runs a night and tells its watchers of its begin and its end, whatever the end is. What they throw is a warning: no
 * night is worse for those who look on. Throws what the night throws.
 */
export async function watched<R extends NightReport & Pick<Night, 'exitCode' | 'message'>>(
  parts: WatchedParts,
  night: () => Promise<R>,
): Promise<R> {
  const { clock } = parts;
  const startedAt = clock.now();
  await tell(parts, (watcher) => watcher.begun(startedAt));
  const ended = (end: Pick<Night, 'exitCode' | 'message' | 'report'>) =>
    tell(parts, (watcher) => watcher.ended(told(parts, startedAt, end)));
  let report: R;
  try {
    report = await night();
  } catch (error) {
    const exitCode = error instanceof ExpectedError ? error.exitCode : EXIT.unexpected;
    await ended({ exitCode, message: error instanceof Error ? error.message : String(error), report: null });
    throw error;
  }
  await ended({ exitCode: report.exitCode, message: report.message, report });
  return report;
}

function told(
  { clock, redact }: WatchedParts,
  startedAt: Instant,
  { exitCode, message, report }: Pick<Night, 'exitCode' | 'message' | 'report'>,
): Night {
  return { startedAt, finishedAt: clock.now(), exitCode, message: redact(message), report };
}

async function tell(
  { log, watchers, redact }: WatchedParts,
  fn: (watcher: NightWatcher) => Promise<void>,
): Promise<void> {
  await Promise.all(
    watchers.map(async (watcher) => {
      try {
        await fn(watcher);
      } catch (error) {
        const why = redact(error instanceof Error ? error.message : String(error));
        log.warn(`${watcher.name}: ${why}`);
      }
    }),
  );
}
