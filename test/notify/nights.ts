import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { type Counts, noCounts, noRequests } from '../../src/domain/run.ts';
import { MINUTE } from '../../src/domain/time.ts';
import type { Night } from '../../src/night/ports.ts';
import { START } from '../helpers/virtual-clock.ts';

/** A whole night of a minute and a half that ended so. */
export function aNight(
  exitCode: ExitCode,
  counts: Partial<Counts> = {},
  changes: Partial<Night> = {},
): Night {
  return {
    startedAt: START,
    finishedAt: START + 1.5 * MINUTE,
    exitCode,
    message: 'Closed 3, kept 2, 1 had already ended, 0 left.',
    report: {
      run: { id: 7, kind: 'sweep', scope: 'full', state: exitCode === EXIT.ok ? 'done' : 'failed' },
      counts: { ...noCounts(), closed: 3, kept: 2, alreadyClosed: 1, ...counts },
      keptReasons: {},
      requests: noRequests(),
    },
    ...changes,
  };
}
