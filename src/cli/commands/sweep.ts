import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { apiFlag, type Command, type Context } from '../command.ts';
import { newFile, write } from '../files.ts';

/** The job. */
export const sweep: Command = {
  usage: 'sweep',
  summary: 'Looks at every stale conversation and closes those that nobody will come back to.',
  examples: [
    ['nightsweep sweep --dry-run --out tonight.csv', 'see what would be closed, and keep the list'],
    ['nightsweep sweep --max-closes 20', 'a first careful night'],
    ['nightsweep sweep --dry-run --limit 20', 'a quick look at twenty of them'],
    ['nightsweep sweep --quiet', 'every night, from cron'],
  ],
  options: {
    'dry-run': { alias: 'n', describe: 'close nothing, say what would be closed' },
    out: { value: 'FILE', describe: 'with --dry-run: write the list as a CSV for import closes' },
    'stale-after': { value: 'DURATION', describe: 'idle for this long is stale (24h)' },
    limit: { value: 'N', describe: 'examine at most this many conversations' },
    'max-closes': { value: 'N', describe: 'close at most this many, or unlimited (500)' },
    'max-duration': { value: 'DURATION', describe: 'stop in good order after this long' },
    grace: { value: 'DURATION', describe: 'when interrupted, finish what is in hand within this (20s)' },
    'accept-policy': { describe: 'accept once that the policy closes more than before' },
    'accept-volume': { describe: 'accept once that there is far more than usual' },
    rate: { value: 'N', describe: 'requests a minute at most (300)' },
    concurrency: { value: 'N', describe: 'conversations in flight (10)' },
    'no-survey': { describe: 'read every conversation one by one' },
    'only-requested': { describe: 'serve close requests only, nothing by policy' },
    api: apiFlag(),
    'metrics-file': { value: 'FILE', describe: 'leave metrics there for node_exporter (.prom)' },
  },
  exits: [
    EXIT.incomplete,
    EXIT.auth,
    EXIT.refused,
    EXIT.workLeft,
    EXIT.unavailable,
    EXIT.database,
    EXIT.leaseHeld,
    EXIT.interrupted,
    EXIT.terminated,
  ],
  run: runSweep,
};

async function runSweep(context: Context): Promise<ExitCode> {
  const { args, out, log } = context;
  const dryRun = args.flag('dry-run');
  const listFile = listPath(context, dryRun);
  const limit = args.count('limit', 1) ?? null;
  const { config } = context.config();

  const { sweepSettings } = await import('../compose.ts');
  const { runNight } = await import('../night.ts');
  const { listenAloud } = await import('../interrupts.ts');
  const { createProgressView } = await import('../progress.ts');
  const { sweepJson, sweepText } = await import('../render/run.ts');

  const wouldClose: Outcome[] = [];
  const settings = {
    ...sweepSettings(config),
    dryRun,
    limit,
    onlyRequested: args.flag('only-requested'),
    acceptPolicy: args.flag('accept-policy'),
    acceptVolume: args.flag('accept-volume'),
  };
  const { interrupts, unlisten } = listenAloud(context);
  const progress = await createProgressView(context);
  try {
    const report = await runNight(context, settings, interrupts, {
      progress,
      onOutcome: (outcome) => {
        if (listFile !== null && outcome.outcome === 'would_close') wouldClose.push(outcome);
      },
    });
    progress.end();
    if (listFile !== null) {
      const { closeList } = await import('../../report/close-list.ts');
      await write(listFile, closeList(wouldClose), { replace: false });
    }
    out.object(sweepJson(report));
    out.print(out.quiet ? report.message : sweepText(report, out.colors));
    if (listFile !== null) {
      log.info(
        `The list is in ${listFile}; close exactly those with: nightsweep import closes ${args.text('out')} --now`,
      );
    }
    return report.exitCode;
  } finally {
    progress.end();
    unlisten();
  }
}

/** The file of `--out`, or null. */
function listPath({ io, args }: Context, dryRun: boolean): string | null {
  const given = args.text('out');
  if (given === undefined) return null;
  if (!dryRun) {
    throw new UsageError(
      '--out goes with --dry-run; what a real run closed is in nightsweep report and runs.',
    );
  }
  return newFile(io, given);
}
