import { atTimes, type Expected, everySoOften } from '../../src/domain/expected.ts';
import { humanDuration } from '../../src/domain/time.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { createTimes, type Times } from '../../src/schedule/times.ts';

export function every(ms: number): Expected {
  return everySoOften(ms, `every ${humanDuration(ms)}`);
}

export function timesOf(cron: string, timeZone = 'UTC'): Times {
  const read = readCron(cron);
  if (!read.ok) throw new Error(read.hint);
  return createTimes(read.value, timeZone);
}

/** Nights of a schedule. */
export function byCron(cron: string, jitterMs = 0, timeZone = 'UTC'): Expected {
  return atTimes(timesOf(cron, timeZone).next, jitterMs, `by ${cron}, ${timeZone}`);
}
