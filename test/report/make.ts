import { noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { figures, type Recorded, type ReportQuestion } from '../../src/report/figures.ts';
import type { CloseDetail, FullSweep, OutcomeRow } from '../../src/report/ports.ts';
import type { Report } from '../../src/report/report.ts';

export const at = (text: string) => Date.parse(text);

/** Three days in UTC, looked at when they are over. */
export const QUESTION: ReportQuestion = {
  since: at('2026-11-01T00:00:00Z'),
  until: at('2026-11-04T00:00:00Z'),
  now: at('2026-11-04T00:00:00Z'),
  timeZone: 'UTC',
  by: 'day',
  expectedEveryMs: DAY,
};

/** An outcome that stands for itself and cost two requests. */
export function row(decidedAt: string | number, changes: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    runId: 1,
    outcome: 'closed',
    reason: 'stale',
    origin: 'schedule',
    queueId: null,
    n: 1,
    requests: 2,
    close: null,
    ...changes,
    decidedAt: typeof decidedAt === 'string' ? at(decidedAt) : decidedAt,
  };
}

let made = 0;

/** A single close by policy, idle for two days, with no agent in it. */
export function close(
  decidedAt: string,
  changes: Partial<CloseDetail> = {},
  ofRow: Partial<OutcomeRow> = {},
): OutcomeRow {
  const detail: CloseDetail = {
    conversationId: `c-${++made}`,
    sessionId: 'web-1',
    closedAt: at(decidedAt),
    idleMs: 2 * DAY,
    agentConnected: false,
    staleAfterMs: DAY,
    reopenedAt: null,
    ...changes,
  };
  return row(decidedAt, { ...ofRow, close: detail });
}

/** A real full sweep of half an hour that ended in good order. */
export function sweep(id: number, startedAt: string, changes: Partial<FullSweep> = {}): FullSweep {
  return {
    id,
    startedAt: at(startedAt),
    finishedAt: at(startedAt) + 30 * MINUTE,
    exitCode: 0,
    candidates: 100 + id,
    left: id,
    ...changes,
  };
}

/** A record with these outcomes and nothing else. */
export function recorded(changes: Partial<Recorded> = {}): Recorded {
  return {
    outcomes: [],
    totalsBefore: [],
    runs: {
      sweeps: [],
      requests: noRequests(),
      dryRequests: 0,
      unfinished: [],
      firstRunAt: null,
      firstSweepAt: null,
    },
    backlog: { due: 0, oldestMs: null, onHold: 0, resting: 0, pendingRequests: 0, staleAfterMs: DAY },
    failures: { total: 0, items: [] },
    resting: { total: 0, items: [] },
    detailSince: null,
    ...changes,
  };
}

/** The same with these sweeps, the first of which is the first on record. */
export function recordedRuns(
  sweeps: readonly FullSweep[],
  changes: Partial<Recorded['runs']> = {},
): Recorded {
  const first = sweeps[0]?.startedAt ?? null;
  return recorded({
    runs: { ...recorded().runs, sweeps, firstRunAt: first, firstSweepAt: first, ...changes },
  });
}

export function reportOn(outcomes: Iterable<OutcomeRow>, question: Partial<ReportQuestion> = {}): Report {
  return figures(recorded({ outcomes }), { ...QUESTION, ...question });
}

export const hours = (n: number) => n * HOUR;
