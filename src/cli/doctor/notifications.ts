import { UsageError } from '../../domain/errors.ts';
import { SECOND } from '../../domain/time.ts';
import type { Target } from '../../notify/target.ts';
import type { Context } from '../command.ts';
import { notificationsOf } from '../notifications.ts';
import { type Check, fail, ok, warn } from './check.ts';

const PATIENCE_MS = 4 * SECOND;

/** Whether those who are to be told of nights can be reached; nothing is said to them. */
export async function examineNotifications(context: Context): Promise<Check[]> {
  try {
    const { listeners, heartbeat, on } = notificationsOf(context);
    const targets: readonly Target[] = [...listeners, ...(heartbeat === null ? [] : [heartbeat])];
    if (targets.length === 0) {
      return [ok('notify', 'nobody is told of a bad night; docs/notifications.md says how to change that')];
    }
    return await Promise.all(
      targets.map((target) =>
        examineTarget(target, target.kind === 'heartbeat' ? 'every night' : on.join(', ')),
      ),
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [fail('notify', error.message, error.exitCode)];
  }
}

async function examineTarget(target: Target, when: string): Promise<Check> {
  const { knockAt } = await import('../../notify/http.ts');
  const { nameOf } = await import('../../notify/target.ts');
  try {
    await knockAt(target.revealUrl(), PATIENCE_MS);
    return ok('notify', `${nameOf(target)} can be reached; told of ${when}`);
  } catch (error) {
    const why = error instanceof Error && error.message !== '' ? error.message : codeOf(error);
    return warn(
      'notify',
      `${nameOf(target)} cannot be reached (${why}); check its address and the way there`,
    );
  }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
