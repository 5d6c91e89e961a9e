import { type Instant, SECOND } from '../domain/time.ts';
import type { Clock, Log } from '../sweep/ports.ts';
import { type ConcludedRun, nightOf } from './night-of.ts';
import type { Night, NightWatcher } from './ports.ts';

export interface WatchedParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly watchers: readonly NightWatcher[];
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** So long a night's end waits for who is still busy with its begin. */
const BEGIN_MS = 5 * SECOND;

/**
 * Runs a night and tells its watchers of its begin and its end, whatever the end is. What they throw is a warning, and
 * what they do at its begin goes on beside it: no night is worse for those who look on. Throws what the night throws.
 */
export async function watched<R extends ConcludedRun>(
  parts: WatchedParts,
  night: () => Promise<R>,
): Promise<R> {
  const { clock, redact } = parts;
  const startedAt = clock.now();
  const ends = parts.watchers.map((watcher) => watch(parts, watcher, startedAt));
  const ended = (end: Parameters<typeof nightOf>[1]) => {
    const told = nightOf({ startedAt, finishedAt: clock.now(), redact }, end);
    return Promise.all(ends.map((tell) => tell(told)));
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

/** Tells one watcher of the begin; what is returned tells it of the end, once it is done with that. Neither rejects. */
function watch(
  { clock, log, redact }: WatchedParts,
  watcher: NightWatcher,
  startedAt: Instant,
): (night: Night) => Promise<void> {
  const attempt = async (fn: () => Promise<void>) => {
    try {
      await fn();
    } catch (error) {
      const why = redact(error instanceof Error ? error.message : String(error));
      log.warn(`${watcher.name}: ${why}`);
    }
  };
  let isBusy = true;
  const begun = attempt(() => watcher.begun(startedAt)).then(() => {
    isBusy = false;
  });

  /** Out of order the begin would be what is left of the night. */
  async function untilBegun(): Promise<void> {
    if (!isBusy) return;
    const done = new AbortController();
    const tooLong = clock.sleep(BEGIN_MS, done.signal).catch(() => {});
    await Promise.race([begun, tooLong]);
    done.abort();
  }

  return async (night) => {
    await untilBegun();
    if (!isBusy) await attempt(() => watcher.ended(night));
    else
      log.warn(
        `${watcher.name}: it was still busy with the begin of the night, and was not told of its end.`,
      );
  };
}
