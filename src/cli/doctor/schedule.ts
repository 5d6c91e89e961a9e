import { ExpectedError } from '../../domain/errors.ts';
import { humanDuration } from '../../domain/time.ts';
import type { Context } from '../command.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** When the next night is due, where that is a matter of the settings. Whether a scheduler is running is not known. */
export async function examineSchedule(context: Context): Promise<Check> {
  const { config } = context.config();
  if (config.schedule.cron === null) {
    return ok('schedule', 'none; nights are begun by cron, a timer or by hand');
  }
  const { contradictions, demandSchedule } = await import('../scheduling.ts');
  const { inWords, momentIn } = await import('../render/schedule.ts');
  try {
    const inForce = demandSchedule(context);
    const [contradiction] = contradictions(inForce, context.config());
    if (contradiction !== undefined) return warn('schedule', contradiction);
    const now = context.io.clock.now();
    const next = inForce.times.next(now);
    const when = `${momentIn(inForce.timeZone)(next)}, in ${humanDuration(next - now)}`;
    return ok('schedule', `${inWords(inForce)}; next ${when}, while schedule or serve --schedule is running`);
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return fail('schedule', error.message, error.exitCode);
  }
}
