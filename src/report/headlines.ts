import { HOUR, humanDuration } from '../domain/time.ts';
import type { Report, Spread } from './report.ts';

/** Keeps a number and what it counts on one line; whoever prints it puts a blank there in the end. */
export const NO_BREAK = '\u00a0';

/** One figure in words: `nights`, `6 of 7`, `missing: 2026-11-20`. Texts from outside are not made visible yet. */
export interface Headline {
  readonly name: string;
  readonly value: string;
  readonly remark: string;
  /** Somebody should look at it. */
  readonly alarming: boolean;
}

/** The figures to begin with, the weightiest first; what does not apply is left out. */
export function headlines(report: Report): Headline[] {
  return [
    closed(report),
    success(report),
    plain(
      'already closed',
      String(report.totals.already_closed),
      'had ended before, by themselves or an earlier close',
    ),
    plain('kept', String(report.totals.kept), keptFor(report)),
    reopened(report),
    ...nights(report),
    waiting(report),
    ...trend(report),
    ...spread('idle at close', report.idleAtClose, histogram(report)),
    ...spread('stale to closed', report.staleToClosed, ''),
    requests(report),
    ...capacity(report),
  ];
}

function plain(name: string, value: string, remark: string, alarming = false): Headline {
  return { name, value, remark, alarming };
}

function closed({ totals, before, since, until }: Report): Headline {
  const more = before.difference.closed;
  const than = `the ${humanDuration(until - since)} before (${before.totals.closed})`;
  const compared =
    more === 0 ? `as many as in ${than}` : `${Math.abs(more)} ${more > 0 ? 'more' : 'fewer'} than in ${than}`;
  const remark = before.recorded ? compared : 'the record does not reach back over the period before';
  return plain('closed', String(totals.closed), remark);
}

function success({ totals, successRate }: Report): Headline {
  const { failed, unconfirmed } = totals;
  const remark = successRate === null ? 'no close was tried' : `${failed} failed, ${unconfirmed} unconfirmed`;
  return plain(
    'success',
    successRate === null ? 'none' : percent(successRate),
    remark,
    failed + unconfirmed > 0,
  );
}

function keptFor({ keptReasons }: Report): string {
  return keptReasons.map(({ reason, n }) => `${n}${NO_BREAK}${reason}`).join(', ');
}

function reopened({ reopened: { rate, closes, list } }: Report): Headline {
  const remark =
    rate === null
      ? ''
      : list.total === 0
        ? `none of ${count(closes, 'close')} was seen alive again`
        : `${percent(rate)} of ${count(closes, 'close')} came back to life`;
  return plain('reopened', String(list.total), remark);
}

/** Days named in a line; the rest is only counted. */
const NAMED_DAYS = 5;

function nights({ nights: found }: Report): Headline[] {
  if (found === null) return [];
  const { due, run, incomplete, missing, firstRunAt } = found;
  if (firstRunAt === null) return [plain('nights', 'none', 'no full sweep has run yet', true)];
  const named = missing.items.slice(0, NAMED_DAYS).map(({ day }) => day);
  const more = missing.total - named.length;
  const parts = [
    ...(missing.total > 0 ? [`missing: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`] : []),
    ...(incomplete > 0 ? [`${incomplete} did not end in good order`] : []),
  ];
  return [plain('nights', `${run} of ${due}`, parts.join('; '), parts.length > 0)];
}

function waiting({ backlog }: Report): Headline {
  const { due, oldestMs, onHold, resting, pendingRequests } = backlog;
  const parts = [
    ...(oldestMs === null ? [] : [`the oldest silent for ${humanDuration(oldestMs)}`]),
    `${onHold} on hold, ${resting} resting, ${pendingRequests} requested`,
  ];
  return plain('due now', String(due), parts.join('; '));
}

function trend({ backlogTrend }: Report): Headline[] {
  const counted = backlogTrend.items.filter(({ candidates }) => candidates !== null);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || counted.length < 2) return [];
  return [
    plain(
      'backlog',
      `${first.candidates} → ${last.candidates}`,
      `due at the start of the first and of the last full sweep; left at their ends ${first.left} → ${last.left}`,
    ),
  ];
}

function spread(name: string, { p50Ms, p90Ms, maxMs }: Spread, remark: string): Headline[] {
  if (p50Ms === null || p90Ms === null || maxMs === null) return [];
  const percentiles = `median; 90 % up to ${humanDuration(p90Ms)}, the longest ${humanDuration(maxMs)}`;
  return [plain(name, humanDuration(p50Ms), remark === '' ? percentiles : `${percentiles}; ${remark}`)];
}

function histogram({ idleAtClose }: Report): string {
  return idleAtClose.histogram
    .filter(({ n }) => n > 0)
    .map(({ label, n }) => `${n}${NO_BREAK}${label}`)
    .join(', ');
}

function requests({ requests: { total, perClose, dryRuns, rateLimited } }: Report): Headline {
  const parts = [
    ...(perClose === null ? [] : [`${perClose.toFixed(1)} a close`]),
    ...(rateLimited > 0 ? [`${rateLimited} rate limited`] : []),
    ...(dryRuns > 0 ? [`${dryRuns} more by dry runs`] : []),
  ];
  return plain('requests', String(total), parts.join(', '));
}

function capacity({ capacity: { withAgent, lowerMs, upperMs } }: Report): Headline[] {
  if (withAgent === 0) return [];
  const most = `${hours(upperMs)}, had nothing ended them in this time`;
  const range =
    lowerMs === null
      ? `at most ${most}`
      : `from ${hours(lowerMs)}, had the next night due ended them, to ${most}`;
  return [plain('agent slots', String(withAgent), `freed while an agent was connected; in all ${range}`)];
}

function hours(ms: number): string {
  return `${Math.round(ms / HOUR)}${NO_BREAK}h`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Never rounded to all or to nothing when it is neither. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  const tenths = share < 1 ? Math.min(999, Math.round(share * 1000)) : 1000;
  return `${(tenths / 10).toFixed(1)} %`;
}
