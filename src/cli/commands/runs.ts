import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Outcome, OutcomeKind } from '../../domain/outcome.ts';
import { type Run, troubleOf } from '../../domain/run.ts';
import { humanDuration, toIso } from '../../domain/time.ts';
import type { Command, Context } from '../command.ts';
import { lifeOf } from '../life.ts';

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
  options: { limit: { value: 'N', describe: `how many to list (${RECENT})` } },
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { args, out } = context;
    const given = runNumber(args.positional('id'));
    const limit = args.count('limit', 1) ?? RECENT;
    const { openRecord } = await import('../compose.ts');
    const { runJson } = await import('../render/run.ts');
    const store = openRecord(context, 'read');
    try {
      if (given === null) {
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
      const detailSince = store.report.detailSince();
      const isPruned = detailSince !== null && run.startedAt < detailSince;
      out.print(await oneText(run, trouble, isPruned, context));
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

/** Null: none was named. */
function runNumber(given: string): number | null {
  if (given === '') return null;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new UsageError(`${JSON.stringify(given)} is not the number of a run; nightsweep runs lists them.`);
}

/** One whose process is gone will be marked as interrupted by the next run; until then the record cannot know. */
function stateOf(run: Run, { io }: Context): string {
  return run.state === 'running' && lifeOf(run, io, false) === 'dead' ? 'died' : run.state;
}

async function listText(list: readonly Run[], context: Context): Promise<string> {
  const { out } = context;
  if (list.length === 0) return 'Nothing has run yet; begin with: nightsweep sweep --dry-run';
  const { numberTable } = await import('../render/table.ts');
  return numberTable(
    ['run', 'started', 'kind', 'state', 'exit', 'closed', 'kept', 'trouble', 'left'],
    list.map((run) => [
      run.id,
      toIso(run.startedAt).slice(0, 16).replace('T', ' '),
      `${run.dryRun ? 'dry ' : ''}${run.kind}`,
      stateOf(run, context),
      run.exitCode ?? '',
      run.dryRun ? `(${run.counts.wouldClose})` : run.counts.closed,
      run.counts.kept,
      troubleOf(run.counts),
      run.counts.left,
    ]),
    out.colors,
  );
}

async function oneText(
  run: Run,
  trouble: readonly Outcome[],
  isPruned: boolean,
  context: Context,
): Promise<string> {
  const { out } = context;
  const { visible } = await import('../../report/text.ts');
  const { hang } = await import('../render/hang.ts');
  const state = stateOf(run, context);
  const open = state === 'died' ? 'never finished' : 'still running';
  const lasted = run.finishedAt === null ? open : humanDuration(run.finishedAt - run.startedAt);
  const lines = [
    out.colors.bold(`Run ${run.id}, ${run.scope} ${run.kind}${run.dryRun ? ' (dry)' : ''}, ${state}`),
    `  started ${toIso(run.startedAt)}, ${lasted}, exit ${run.exitCode ?? 'open'}`,
    `  by nightsweep ${visible(run.version)} on ${visible(run.host)}, process ${run.pid}`,
    ...(run.message === null ? [] : [`  ${hang(visible(run.message), 2)}`]),
  ];
  for (const [first, ...others] of alike(trouble)) {
    const what = [first.reason, first.httpStatus, first.errorCode].filter((part) => part !== null).join(', ');
    const head = `${1 + others.length} ${first.outcome.replace('_', ' ')}${what === '' ? '' : ` (${what})`}`;
    lines.push('', out.colors.bold(visible(head)));
    if (first.detail !== null) lines.push(`  ${hang(visible(first.detail), 2)}`);
    for (const { conversationId, correlationId } of [first, ...others]) {
      lines.push(`  ${conversationId}${correlationId === null ? '' : `  ${visible(correlationId)}`}`);
    }
  }
  if (trouble.some(({ correlationId }) => correlationId !== null)) {
    lines.push('', 'Behind each conversation: the correlation id that Genesys support asks for.');
  }
  if (isPruned) lines.push('', 'It is so old that its outcomes were pruned; the counts are as they were.');
  if (trouble.length === MOST_TROUBLE) lines.push('', `Only the first ${MOST_TROUBLE} are shown.`);
  return lines.join('\n');
}

/** Those that went wrong in the same way, together; in the order of their first. */
function alike(trouble: readonly Outcome[]): [Outcome, ...Outcome[]][] {
  const groups = new Map<string, [Outcome, ...Outcome[]]>();
  for (const one of trouble) {
    const key = JSON.stringify([one.outcome, one.reason, one.httpStatus, one.errorCode, one.detail]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
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
