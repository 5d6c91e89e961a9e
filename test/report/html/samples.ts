import { OUTCOMES } from '../../../src/domain/outcome.ts';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts';
import type { DayFigures, Failure, Listed, Report, Totals, Unclosable } from '../../../src/report/report.ts';

const NOW = Date.parse('2026-11-24T18:30:00.000Z');

export const NO_TOTALS = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Totals;
const NONE = { total: 0, items: [] };
const NO_SPREAD = { n: 0, p50Ms: null, p90Ms: null, maxMs: null };
const BINS = [
  ['<1d', 0, 1],
  ['1-2d', 1, 2],
  ['2-3d', 2, 3],
  ['3-7d', 3, 7],
  ['7-14d', 7, 14],
  ['14-30d', 14, 30],
  ['>30d', 30, null],
] as const;

/** Of a record in which nothing has ever run. */
export function emptyReport(days = 7): Report {
  const since = NOW - days * DAY;
  return {
    since,
    until: NOW,
    now: NOW,
    timeZone: 'UTC',
    by: 'day',
    totals: NO_TOTALS,
    rows: [],
    days: daysOf(since, () => ({ ran: false })),
    keptReasons: [],
    before: {
      since: since - days * DAY,
      until: since,
      totals: NO_TOTALS,
      difference: NO_TOTALS,
      successRate: null,
      recorded: false,
    },
    successRate: null,
    requests: {
      total: 0,
      reads: 0,
      closes: 0,
      surveys: 0,
      tokens: 0,
      rateLimited: 0,
      retried: 0,
      perClose: null,
      dryRuns: 0,
      unfinishedRuns: 0,
    },
    backlog: { due: 0, oldestMs: null, onHold: 0, resting: 0, pendingRequests: 0, staleAfterMs: DAY },
    backlogTrend: NONE,
    idleAtClose: {
      ...NO_SPREAD,
      unknown: 0,
      histogram: BINS.map(([label, from, to]) => ({
        label,
        fromMs: from * DAY,
        toMs: to === null ? null : to * DAY,
        n: 0,
      })),
    },
    staleToClosed: NO_SPREAD,
    nights: {
      expectedEveryMs: DAY,
      due: 0,
      run: 0,
      incomplete: 0,
      missing: NONE,
      days: null,
      firstRunAt: null,
    },
    reopened: { closes: 0, rate: null, list: NONE },
    capacity: { withAgent: 0, reopened: 0, unknown: 0, lowerMs: DAY, upperMs: 0, formula: [] },
    failures: NONE,
    unclosable: NONE,
    detailSince: null,
  };
}

/** Of a record with something of everything: nights that did not run, nights without work, trouble. */
export function fullReport(length = 14): Report {
  const empty = emptyReport(length);
  const days = daysOf(empty.since, (at) => {
    if (at % 9 === 4) return { ran: false };
    if (at % 13 === 7) return { ran: true };
    return {
      ran: true,
      closed: 60 + ((at * 37) % 120),
      already_closed: 30 + ((at * 51) % 90),
      not_found: at % 3,
      kept: 140 + ((at * 7) % 20),
      failed: at % 5 === 0 ? 6 : 0,
      unconfirmed: at % 4 === 0 ? 2 : 0,
      requests: 900,
    };
  });
  const totals = sumOf(days);
  const missing = days
    .filter(({ ran }) => !ran)
    .map(({ day }) => ({ day, dueAt: Date.parse(day) + 2 * HOUR }));
  const idle = [0, 0.31, 0.24, 0.22, 0.14, 0.06, 0.03].map((share) => Math.round(share * totals.closed));
  return {
    ...empty,
    totals,
    days,
    rows: days.map(({ day, ran: _, requests: __, ...counts }) => ({ key: day, ...counts })),
    keptReasons: [
      { reason: 'active_recently', n: Math.round(totals.kept * 0.55) },
      { reason: 'awaiting_agent', n: Math.round(totals.kept * 0.2) },
      { reason: 'not_web_messaging', n: Math.round(totals.kept * 0.14) },
      { reason: 'parked', n: Math.round(totals.kept * 0.07) },
      { reason: 'platform_timer', n: Math.round(totals.kept * 0.04) },
    ],
    before: {
      ...empty.before,
      difference: { ...NO_TOTALS, closed: 112 },
      successRate: 0.941,
      recorded: true,
    },
    successRate: totals.closed / (totals.closed + totals.failed + totals.unconfirmed),
    requests: {
      ...empty.requests,
      total: 4_218,
      reads: 2_300,
      closes: 1_300,
      perClose: 3.42,
      rateLimited: 3,
    },
    backlog: {
      ...empty.backlog,
      due: 84,
      oldestMs: 12 * DAY + 3 * HOUR,
      onHold: 3,
      resting: 2,
      pendingRequests: 1,
    },
    backlogTrend: listed(
      days.flatMap(({ day, ran }, at) =>
        ran
          ? [
              {
                runId: at + 1,
                startedAt: Date.parse(day) + 2 * HOUR,
                day,
                candidates: Math.max(90, 900 - at * 60) + ((at * 13) % 60),
                left: Math.max(0, 400 - at * 50),
              },
            ]
          : [],
      ),
    ),
    idleAtClose: {
      n: idle.reduce((sum, n) => sum + n, 0),
      p50Ms: 2 * DAY + 4 * HOUR,
      p90Ms: 11 * DAY,
      maxMs: 44 * DAY,
      unknown: 4,
      histogram: empty.idleAtClose.histogram.map((bin, at) => ({ ...bin, n: idle[at] ?? 0 })),
    },
    staleToClosed: { n: totals.closed, p50Ms: 9 * HOUR + 20 * MINUTE, p90Ms: 22 * HOUR, maxMs: 3 * DAY },
    nights: {
      expectedEveryMs: DAY,
      days: null,
      due: length,
      run: length - missing.length,
      incomplete: 1,
      missing: listed(missing),
      firstRunAt: empty.since - 90 * DAY,
    },
    reopened: {
      closes: totals.closed,
      rate: 2 / totals.closed,
      list: listed(
        [1, 2].map((n) => ({
          conversationId: idOf(900 + n),
          sessionId: `web-${90_000 + n}`,
          reason: 'stale',
          closedAt: NOW - n * DAY,
          seenAt: NOW - n * DAY + 5 * HOUR,
        })),
      ),
    },
    capacity: {
      withAgent: 212,
      reopened: 1,
      unknown: 9,
      lowerMs: 3_180 * HOUR,
      upperMs: 21_400 * HOUR,
      formula: [
        'Each conversation that was closed while an agent was connected is taken to have held one slot of that agent until then.',
        'At least: from each close to the next night that was due (every 1d), as if that night had closed it instead; what was reopened counts as nothing.',
        'At most: from each close to the end of the period, as if nothing else had ended it; when Genesys or an agent would have is not known.',
        "It is assumed that nobody would have ended it sooner. What share of the agents' capacity this is, is not known.",
      ],
    },
    failures: listed(Array.from({ length: 17 }, (_, n) => failureOf(n))),
    unclosable: listed([unclosableOf(1), unclosableOf(2)]),
  };
}

/** A year, forty queues, and a thousand failures of which the record lists as many as it lists of anything. */
export function hugeReport(): Report {
  const full = fullReport(365);
  return {
    ...full,
    by: 'queue',
    rows: Array.from({ length: 40 }, (_, n) => ({
      ...NO_TOTALS,
      key: `${idOf(n)} a queue with quite a long name, number ${n}`,
      closed: n * 131,
      already_closed: n * 17,
      kept: n * 23,
      failed: n % 3,
    })),
    keptReasons: Array.from({ length: 12 }, (_, n) => ({
      reason: `reason_number_${n}`,
      n: 1_400 * (12 - n),
    })),
    failures: { total: 2_345, items: Array.from({ length: 1_000 }, (_, n) => failureOf(n)) },
    unclosable: listed(Array.from({ length: 120 }, (_, n) => unclosableOf(n))),
    detailSince: NOW - 90 * DAY,
  };
}

export function listed<T>(items: readonly T[]): Listed<T> {
  return { total: items.length, items };
}

export function idOf(n: number): string {
  return `${(n * 2_654_435_761).toString(16).padStart(8, '0').slice(-8)}-4a5d-4e6f-8a9b-${n.toString(16).padStart(12, '0')}`;
}

function failureOf(n: number): Failure {
  const kinds = [
    { outcome: 'failed', reason: 'inspect', httpStatus: 403, errorCode: 'missing.any.permissions' },
    { outcome: 'failed', reason: 'close', httpStatus: 503, errorCode: 'service.unavailable' },
    { outcome: 'unconfirmed', reason: 'stale', httpStatus: 200, errorCode: null },
  ] as const;
  const kind = kinds[n % 3] ?? kinds[0];
  return {
    ...kind,
    conversationId: idOf(n),
    sessionId: n % 4 === 0 ? null : `web-${81_000 + n}`,
    correlationId: idOf(n + 5_000),
    tries: 1 + (n % 3),
    requests: 4,
    lastAt: NOW - n * 20 * MINUTE,
    settledAs: n % 3 === 1 && n % 2 === 0 ? 'closed' : null,
    nextAction:
      kind.httpStatus === 403
        ? "Grant the OAuth client's role in its division; the next sweep tries again."
        : n % 3 === 1 && n % 2 === 0
          ? 'Nothing: it has been closed since.'
          : 'Nothing yet: Genesys did not answer as it should, and the next sweep tries again.',
  };
}

function unclosableOf(n: number): Unclosable {
  return {
    conversationId: idOf(n + 300),
    sessionId: `web-${70_000 + n}`,
    outcome: 'unconfirmed',
    httpStatus: 200,
    errorCode: null,
    correlationId: idOf(n + 7_000),
    lastAt: NOW - DAY,
    restsUntil: NOW + 6 * DAY,
    nextAction: 'Report it to Genesys with its correlation id.',
  };
}

function daysOf(since: number, figuresOf: (at: number) => Partial<DayFigures>): DayFigures[] {
  const days = [];
  for (let at = since; at <= NOW; at += DAY) days.push(new Date(at).toISOString().slice(0, 10));
  return days.map((day, at) => ({ day, ran: false, requests: 0, ...NO_TOTALS, ...figuresOf(at) }));
}

function sumOf(days: readonly DayFigures[]): Totals {
  return Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, days.reduce((sum, day) => sum + day[outcome], 0)]),
  ) as Totals;
}
