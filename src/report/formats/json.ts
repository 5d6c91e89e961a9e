import { OUTCOMES } from '../../domain/outcome.ts';
import { type Instant, SECOND, toIso } from '../../domain/time.ts';
import type { CapacityFreed, IdleAtClose, Nights, Report, Spread, Totals } from '../report.ts';
import { guardedJson } from '../text.ts';

/** Public shape: `report --format json`. Moments are ISO-8601 UTC, durations whole seconds, rates from 0 to 1. */
export function reportJson(report: Report) {
  const { before, backlog, reopened, detailSince } = report;
  return {
    since: toIso(report.since),
    until: toIso(report.until),
    timeZone: report.timeZone,
    by: report.by,
    totals: inOrder(report.totals),
    rows: report.rows.map(({ key, ...counts }) => ({ key, ...inOrder(counts) })),
    now: toIso(report.now),
    detailSince: iso(detailSince),
    days: report.days.map(({ day, ran, requests, ...counts }) => ({
      day,
      ran,
      ...inOrder(counts),
      requests,
    })),
    keptReasons: Object.fromEntries(report.keptReasons.map(({ reason, n }) => [reason, n])),
    successRate: report.successRate,
    before: {
      since: toIso(before.since),
      until: toIso(before.until),
      recorded: before.recorded,
      totals: inOrder(before.totals),
      difference: inOrder(before.difference),
      successRate: before.successRate,
    },
    requests: report.requests,
    backlog: {
      due: backlog.due,
      oldestSeconds: seconds(backlog.oldestMs),
      onHold: backlog.onHold,
      resting: backlog.resting,
      pendingRequests: backlog.pendingRequests,
      staleAfterSeconds: seconds(backlog.staleAfterMs),
    },
    backlogTrend: {
      total: report.backlogTrend.total,
      items: report.backlogTrend.items.map((point) => ({ ...point, startedAt: toIso(point.startedAt) })),
    },
    idleAtClose: idleJson(report.idleAtClose),
    staleToClosed: spreadJson(report.staleToClosed),
    nights: report.nights && nightsJson(report.nights),
    reopened: {
      closes: reopened.closes,
      rate: reopened.rate,
      total: reopened.list.total,
      items: reopened.list.items.map((one) => ({
        ...one,
        closedAt: toIso(one.closedAt),
        seenAt: toIso(one.seenAt),
      })),
    },
    capacity: capacityJson(report.capacity),
    failures: {
      total: report.failures.total,
      items: report.failures.items.map((one) => ({ ...one, lastAt: toIso(one.lastAt) })),
    },
    unclosable: {
      total: report.unclosable.total,
      items: report.unclosable.items.map((one) => ({
        ...one,
        lastAt: toIso(one.lastAt),
        restsUntil: toIso(one.restsUntil),
      })),
    },
  };
}

/** The same as text, with a line end. */
export function renderJson(report: Report): string {
  return `${guardedJson(JSON.stringify(reportJson(report), null, 2))}\n`;
}

/** Whatever order they were counted in. */
export function inOrder(counts: Readonly<Totals>): Totals {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counts[outcome]])) as Totals;
}

function spreadJson({ n, p50Ms, p90Ms, maxMs }: Spread) {
  return { n, p50Seconds: seconds(p50Ms), p90Seconds: seconds(p90Ms), maxSeconds: seconds(maxMs) };
}

function idleJson({ unknown, histogram, ...spread }: IdleAtClose) {
  return {
    ...spreadJson(spread),
    unknown,
    histogram: histogram.map(({ label, fromMs, toMs, n }) => ({
      label,
      fromSeconds: seconds(fromMs),
      toSeconds: seconds(toMs),
      n,
    })),
  };
}

function nightsJson({ expectedEveryMs, due, run, incomplete, missing, firstRunAt }: Nights) {
  return {
    expectedEverySeconds: seconds(expectedEveryMs),
    due,
    run,
    incomplete,
    missing: {
      total: missing.total,
      items: missing.items.map(({ dueAt, day }) => ({ dueAt: toIso(dueAt), day })),
    },
    firstRunAt: iso(firstRunAt),
  };
}

function capacityJson({ withAgent, reopened, unknown, lowerMs, upperMs, formula }: CapacityFreed) {
  return {
    withAgent,
    reopened,
    unknown,
    lowerSeconds: seconds(lowerMs),
    upperSeconds: seconds(upperMs),
    formula,
  };
}

function seconds(ms: number): number;
function seconds(ms: number | null): number | null;
function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / SECOND);
}

function iso(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
