import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Outcome, OutcomeKind } from '../../domain/outcome.ts';
import type { Run } from '../../domain/run.ts';
import { humanDuration, toIso } from '../../domain/time.ts';
import type { Command, Context } from '../command.ts';

const TROUBLE: readonly OutcomeKind[] = ['failed', 'unconfirmed', 'expired', 'not_attempted'];
const RECENT = 20;
const MOST_TROUBLE = 200;

/** What ran, and how it ended. */
export const runs: Command = {
  usage: 'runs [id]',
  summary: 'Lists the recent runs, or one run with what went wrong in it.',
  examples: [
    ['nightsweep runs', `the last ${RECENT} runs`],
    ['nightsweep runs 12', 'run 12 and its failures'],
  ],
  positionals: { id: 'number of a run' },
  options: { limit: { type: 'string', describe: `how many to list (${RECENT})` } },
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { args, out } = context;
    const given = args.raw.id === undefined ? undefined : (args.count('id', 1) ?? undefined);
    const limit = args.count('limit', 1) ?? RECENT;
    const { openRecord } = await import('../compose.ts');
    const { runJson } = await import('../render/run.ts');
    const store = openRecord(context, 'read');
    try {
      if (given === undefined) {
        const list = store.report.runs(limit);
        const json = (run: Run) => ({ ...runJson(run), counts: run.counts, exitCode: run.exitCode });
        out.object({ runs: list.map(json) });
        out.print(await listText(list, context));
        return EXIT.ok;
      }
      const run = store.report.run(given);
      if (run === null) throw new UsageError(`There is no run ${given}; nightsweep runs lists them.`);
      const trouble = store.report.outcomesOf(given, TROUBLE, MOST_TROUBLE);
      const { counts, requests, exitCode, message, host, pid, version } = run;
      out.object({
        run: { ...runJson(run), host, pid, version },
        counts,
        requests,
        exitCode,
        message,
        trouble: trouble.map(troubleJson),
      });
      out.print(await oneText(run, trouble, context));
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

async function listText(list: readonly Run[], { out }: Context): Promise<string> {
  if (list.length === 0) return 'Nothing has run yet; begin with: nightsweep sweep --dry-run';
  const { plainTable } = await import('../render/table.ts');
  return plainTable(
    ['run', 'started', 'kind', 'state', 'exit', 'closed', 'kept', 'failed', 'left'],
    list.map((run) => [
      run.id,
      toIso(run.startedAt).slice(0, 16).replace('T', ' '),
      `${run.dryRun ? 'dry ' : ''}${run.kind}`,
      run.state,
      run.exitCode ?? '',
      run.dryRun ? `(${run.counts.wouldClose})` : run.counts.closed,
      run.counts.kept,
      run.counts.failed,
      run.counts.left,
    ]),
    out.colors,
  );
}

async function oneText(run: Run, trouble: readonly Outcome[], { out }: Context): Promise<string> {
  const { visible, wrap } = await import('../../report/text.ts');
  const lasted = run.finishedAt === null ? 'still running' : humanDuration(run.finishedAt - run.startedAt);
  const lines = [
    out.colors.bold(`Run ${run.id}, ${run.scope} ${run.kind}${run.dryRun ? ' (dry)' : ''}, ${run.state}`),
    `  started ${toIso(run.startedAt)}, ${lasted}, exit ${run.exitCode ?? 'open'}`,
    `  by nightsweep ${run.version} on ${visible(run.host)}, process ${run.pid}`,
    ...(run.message === null ? [] : [`  ${wrap(visible(run.message), 2, 78)}`]),
  ];
  for (const o of trouble) {
    const codes = [o.httpStatus, o.errorCode, o.correlationId && `correlation ${o.correlationId}`]
      .filter((part) => part !== null)
      .join(', ');
    lines.push('', `${o.conversationId}  ${o.outcome}${o.reason === null ? '' : ` (${o.reason})`}`);
    if (o.detail !== null) lines.push(`  ${wrap(visible(o.detail), 2, 78)}`);
    if (codes !== '') lines.push(`  ${codes}`);
  }
  if (trouble.length === MOST_TROUBLE) lines.push('', `Only the first ${MOST_TROUBLE} are shown.`);
  return lines.join('\n');
}

function troubleJson({
  conversationId,
  outcome,
  reason,
  detail,
  httpStatus,
  errorCode,
  correlationId,
}: Outcome) {
  return { conversationId, outcome, reason, detail, httpStatus, errorCode, correlationId };
}
