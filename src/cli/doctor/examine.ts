import { loadCredentials } from '../../config/credentials.ts';
import { formatDuration } from '../../config/duration.ts';
import { EXIT, ExpectedError } from '../../domain/errors.ts';
import type { Context } from '../command.ts';
import { databaseExists } from '../compose.ts';
import { type Check, fail, ok } from './check.ts';
import { examineNotifications } from './notifications.ts';
import { examineRecord } from './record.ts';
import { examineRemote } from './remote.ts';
import { examineSchedule } from './schedule.ts';
import { examineSource } from './source.ts';

/** Looks at everything; what cannot be looked at because of an earlier failure is left out. */
export async function examine(context: Context): Promise<Check[]> {
  const { config } = context.config();
  return [
    ok(
      'settings',
      `stale after ${formatDuration(config.policy.staleAfterMs)}, api ${config.api}; nightsweep config shows all`,
    ),
    await examineSchedule(context),
    ...(await examineAccount(context)),
    ...(databaseExists(context)
      ? await examineRecord(context)
      : [
          fail(
            'database',
            `there is none at ${config.db} yet, and a sweep makes none; nightsweep import mapping FILE creates it`,
            EXIT.database,
          ),
          ...(await examineSource(context, null)),
        ]),
    ...(await examineNotifications(context)),
  ];
}

async function examineAccount(context: Context): Promise<Check[]> {
  try {
    const { clientId, apiUrl } = loadCredentials(context.surroundings);
    return [ok('credentials', `client ${clientId}, to ${apiUrl}`), ...(await examineRemote(context))];
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return [fail('credentials', error.message, error.exitCode)];
  }
}
