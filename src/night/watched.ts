import type { Clock, Log } from '../sweep/ports.ts';
import { type ConcludedRun, nightOf } from './night-of.ts';
import type { NightWatcher } from './ports.ts';

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
export async function watched<R extends ConcludedRun>(
  parts: WatchedParts,
  night: () => Promise<R>,
): Promise<R> {
  const { clock, redact } = parts;
  const startedAt = clock.now();
  await tell(parts, (watcher) => watcher.begun(startedAt));
  const ended = (end: Parameters<typeof nightOf>[1]) => {
    const told = nightOf({ startedAt, finishedAt: clock.now(), redact }, end);
    return tell(parts, (watcher) => watcher.ended(told));
  };
  let report: R;
  try {
    report = await night();
  } catch (error) {
    await ended({ thrown: error });
    throw error;
  }
  await ended(report);
  return report;
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
