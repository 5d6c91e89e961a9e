import { noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { figures, type Recorded, type ReportQuestion } from '../../src/report/figures.ts';
import type { CloseDetail, FullSweep, OutcomeRow } from '../../src/report/ports.ts';
import type { Report } from '../../src/report/report.ts';
import { every } from '../helpers/expected.ts';

export const at = (text: string) => Date.parse(text);

/** Three days in UTC, looked at when they are over. */
export const QUESTION: ReportQuestion = {
  since: at('2026-11-01T00:00:00Z'),
  until: at('2026-11-04T00:00:00Z'),
  now: at('2026-11-04T00:00:00Z'),
  timeZone: 'UTC',
  by: 'day',
  expected: every(DAY),
  atWork: null,
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

/** A record with something to say of everything: two nights, the third missing. */
export function fullRecord(): Recorded {
  const [first, second] = [
    sweep(1, '2026-11-01T02:15:00Z'),
    sweep(2, '2026-11-02T02:15:00Z', { exitCode: 8 }),
  ];
  const settled = { settledAs: null, restsUntil: null };
  const failure = (i: number) => ({
    conversationId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    sessionId: `web-${i}`,
    outcome: 'failed' as const,
    reason: 'inspect',
    httpStatus: 503,
    errorCode: null,
    correlationId: `cor-${i}`,
    tries: 2,
    requests: 8,
    lastAt: at('2026-11-02T02:20:00Z'),
    ...settled,
  });
  const reopenedAt = at('2026-11-02T02:15:00Z');
  return {
    ...recordedRuns([first, second], {
      requests: { total: 40, reads: 30, closes: 5, surveys: 4, tokens: 1, rateLimited: 1, retried: 2 },
      dryRequests: 5,
      firstRunAt: at('2026-10-01T00:00:00Z'),
    }),
    outcomes: [
      close('2026-11-01T02:20:00Z', { conversationId: failure(98).conversationId, reopenedAt }),
      close('2026-11-01T02:20:00Z'),
      close('2026-11-02T02:20:00Z', { agentConnected: true }, { runId: 2 }),
      row('2026-11-01T02:20:00Z', { outcome: 'kept', reason: 'active_recently', n: 2 }),
      row('2026-11-02T02:20:00Z', { runId: 2, outcome: 'failed', reason: 'inspect', n: 14 }),
    ],
    totalsBefore: [{ outcome: 'closed', n: 4 }],
    backlog: { due: 12, oldestMs: 26 * HOUR, onHold: 3, resting: 1, pendingRequests: 2, staleAfterMs: DAY },
    failures: { total: 12, items: Array.from({ length: 12 }, (_, i) => failure(i)) },
    resting: {
      total: 1,
      items: [
        {
          conversationId: failure(9).conversationId,
          sessionId: 'web-9',
          restsUntil: at('2026-11-09T00:00:00Z'),
          outcome: 'unconfirmed',
          httpStatus: 200,
          errorCode: null,
          correlationId: 'cor-9',
          lastAt: at('2026-11-02T02:20:00Z'),
        },
      ],
    },
    detailSince: at('2026-11-01T02:00:00Z'),
  };
}
