import type { Around } from '../../src/dashboard/needs.ts';
import type { Seen } from '../../src/dashboard/read.ts';
import { timesIn } from '../../src/dashboard/times.ts';
import type { NightEnd } from '../../src/domain/night.ts';
import { noCounts, noRequests, type Run } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { every } from '../helpers/expected.ts';
import { emptyReport } from '../report/html/samples.ts';
import { POLICY } from '../store/fixtures.ts';

/** A Tuesday, in the afternoon. */
export const NOW = Date.parse('2026-11-24T14:00:00.000Z');
/** Last night. */
export const NIGHT = Date.parse('2026-11-24T02:00:00.000Z');

type Changes = Partial<Omit<Run, 'counts'>> & { readonly counts?: Partial<Run['counts']> };

/** A real full sweep of last night that closed 177, with changes. */
export function aRun({ counts, ...changes }: Changes = {}): Run {
  const startedAt = changes.startedAt ?? NIGHT;
  return {
    ...{ id: 40, kind: 'sweep', scope: 'full', state: 'done', dryRun: false, policy: POLICY },
    ...{ requests: noRequests(), startedAt, finishedAt: startedAt + 17 * MINUTE, exitCode: 0 },
    ...{ message: 'Closed 177, kept 20.', host: 'web-1', pid: 4711, version: '0.1.0' },
    counts: { ...noCounts(), closed: 177, kept: 20, ...counts },
    ...changes,
  };
}

/** A night that could not begin, an hour ago. */
export function couldNotBegin(message: string): NightEnd {
  const startedAt = NOW - HOUR;
  return { startedAt, finishedAt: startedAt + 1, exitCode: 4, message, hadRun: false };
}

/** A record of these runs, the newest first. */
export function seen(runs: readonly Run[], changes: Partial<Seen> = {}): Seen {
  const lastSweep = runs.find(({ kind, scope, dryRun }) => kind === 'sweep' && scope === 'full' && !dryRun);
  return {
    ...{ now: NOW, report: { ...emptyReport(28), now: NOW }, lastSweep: lastSweep ?? null, progress: null },
    hasMappings: true,
    ...{ runs, held: [], asked: { total: 0, first: [], origins: [] } },
    events: { waiting: 0, settled: 0, lastReceivedAt: null },
    ...changes,
  };
}

export function around(record: Seen, changes: Partial<Around> = {}): Around {
  return {
    ...{ seen: record, schedule: null, background: null, expected: every(DAY), requestMaxAgeMs: 48 * HOUR },
    ...{
      lastNight: null,
      db: 'nightsweep.db',
      name: 'web-1',
      isFed: true,
      lifeOf: () => 'alive',
      times: timesIn('UTC'),
    },
    ...changes,
  };
}
