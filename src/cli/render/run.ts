import type { RequestFigures, Run } from '../../domain/run.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import { visible } from '../../report/text.ts';
import type { RunReport } from '../../sweep/run.ts';
import type { Colors } from '../output.ts';
import { hang } from './hang.ts';

/** The public `run` object. */
export function runJson(
  run: Pick<Run, 'id' | 'kind' | 'scope' | 'state' | 'dryRun' | 'startedAt'> & { finishedAt: Instant | null },
): object {
  return {
    id: run.id,
    kind: run.kind,
    scope: run.scope,
    state: run.state,
    dryRun: run.dryRun,
    startedAt: toIso(run.startedAt),
    finishedAt: run.finishedAt === null ? null : toIso(run.finishedAt),
  };
}

/** The public object of `sweep --json`. */
export function sweepJson(report: RunReport): object {
  const { run, counts, keptReasons, requests, synced, exitCode, message } = report;
  const source =
    synced === null
      ? null
      : { import: { id: synced.importId, kind: 'mapping', file: synced.file }, counts: synced.counts };
  return { run: runJson(run), counts, keptReasons, requests, source, exitCode, message };
}

/** Keeps a number and what it counts on one line. */
const NO_BREAK = '\u00a0';

/** The same for people: what became of the conversations, what it cost, and the one-line summary. */
export function sweepText(report: RunReport, colors: Colors): string {
  const { run, counts, keptReasons, requests } = report;
  const kept = Object.entries(keptReasons)
    .sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))
    .map(([reason, n]) => `${n}${NO_BREAK}${reason}`)
    .join(', ');
  const rows: [string, number, string][] = [
    ['closed', counts.closed, counts.reopened > 0 ? `${counts.reopened} had been reopened` : ''],
    ['would close', counts.wouldClose, ''],
    ['already closed', counts.alreadyClosed, ''],
    ['kept', counts.kept, kept],
    ['not found', counts.notFound, ''],
    ['unconfirmed', counts.unconfirmed, 'the close was sent and does not show yet'],
    ['failed', counts.failed, `see nightsweep runs ${run.id}`],
    ['expired', counts.expired, ''],
    ['not attempted', counts.notAttempted, ''],
    ['resting', counts.resting, 'could not be closed three nights running'],
    ['left', counts.left, ''],
  ];
  const always = new Set([run.dryRun ? 'would close' : 'closed', 'kept', 'already closed', 'left']);
  const lines = rows
    .filter(([name, n]) => n > 0 || always.has(name))
    .flatMap(([name, n, remark]) => {
      const head = `  ${name.padEnd(14)} ${String(n).padStart(7)}`;
      return [remark === '' ? head : `${head}  ${colors.dim(hang(remark, 26).replaceAll(NO_BREAK, ' '))}`];
    });
  const duration = humanDuration(run.finishedAt - run.startedAt);
  const title = `${run.dryRun ? 'Dry run' : 'Run'} ${run.id}, ${run.scope} ${run.kind}, ${run.state} in ${duration}`;
  return [
    colors.bold(title),
    ...lines,
    colors.dim(`  ${requestsText(requests)}`),
    hang(visible(report.message), 0),
  ].join('\n');
}

/** `12 requests: 9 reads, 1 token`; what is zero is left out. */
export function requestsText(requests: RequestFigures): string {
  const { total, reads, closes, surveys, tokens, rateLimited, retried } = requests;
  const of = (n: number, one: string, many = `${one}s`) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]);
  const parts = [
    ...of(reads, 'read'),
    ...of(closes, 'close'),
    ...of(surveys, 'survey'),
    ...of(tokens, 'token'),
  ];
  const trouble = [
    ...of(rateLimited, 'rate limited', 'rate limited'),
    ...of(retried, 'repeated', 'repeated'),
  ];
  return [
    total === 1 ? '1 request' : `${total} requests`,
    ...(parts.length > 0 ? [`: ${parts.join(', ')}`] : []),
    ...(trouble.length > 0 ? [`; ${trouble.join(', ')}`] : []),
  ].join('');
}
