import { atTimes, type Expected, everySoOften } from '../domain/expected.ts';
import { humanDuration } from '../domain/time.ts';
import type { Context } from './command.ts';
import { zoneOfNights } from './zone.ts';

/**
 * What nights are expected by the settings: `expectedEvery` where it is given, else the times of `schedule.cron`, else the
 * default of `expectedEvery`. Null: none.
 */
export async function expectedNights(context: Context): Promise<Expected | null> {
  const { config, origins } = context.config();
  const { cron, jitterMs } = config.schedule;
  if (cron !== null && origins.expectedEvery === 'default') {
    const timeZone = zoneOfNights(context);
    const { createTimes, remembered } = await import('../schedule/times.ts');
    const { next } = createTimes(cron, timeZone);
    return atTimes(remembered(next), jitterMs, `by ${cron.text}, ${timeZone}`);
  }
  const everyMs = config.expectedEveryMs;
  return everyMs === null ? null : everySoOften(everyMs, `every ${humanDuration(everyMs)}`);
}
