import type { Run } from '../../domain/run.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import type { RunReport } from '../../sweep/run.ts';
import type { Colors } from '../output.ts';

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
export function sweepJson({ run, counts, keptReasons, requests, exitCode, message }: RunReport): object {
  return { run: runJson(run), counts, keptReasons, requests, exitCode, message };
}

/** The same for people: what became of the conversations, what it cost, and the one-line summary. */
export function sweepText(report: RunReport, colors: Colors): string {
  const { run, counts, keptReasons, requests } = report;
  const kept = Object.entries(keptReasons)
    .sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))
    .map(([reason, n]) => `${n} ${reason}`)
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
    ['left', counts.left, ''],
  ];
  const always = new Set([run.dryRun ? 'would close' : 'closed', 'kept', 'already closed', 'left']);
  const lines = rows
    .filter(([name, n]) => n > 0 || always.has(name))
    .flatMap(([name, n, remark]) => {
      const head = `  ${name.padEnd(14)} ${String(n).padStart(7)}`;
      return [remark === '' ? head : `${head}  ${colors.dim(fold(remark, 26))}`];
    });
  const duration = humanDuration(run.finishedAt - run.startedAt);
  const title = `${run.dryRun ? 'Dry run' : 'Run'} ${run.id}, ${run.scope} ${run.kind}, ${run.state} in ${duration}`;
  const cost = `  ${requests.total} requests: ${requests.reads} reads, ${requests.closes} closes, ${requests.surveys} surveys, ${requests.tokens} tokens`;
  const trouble =
    requests.rateLimited + requests.retried > 0
      ? `\n  ${requests.rateLimited} rate limited, ${requests.retried} repeated`
      : '';
  return [colors.bold(title), ...lines, colors.dim(cost + trouble), report.message].join('\n');
}

const WIDTH = 80;

/** Wraps a list at its commas so that what follows `indent` columns fits in 80. */
function fold(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(', ')) {
    const next = line === '' ? part : `${line}, ${part}`;
    if (next.length > WIDTH - indent - 1 && line !== '') {
      lines.push(`${line},`);
      line = part;
    } else line = next;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
