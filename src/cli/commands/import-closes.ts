import { EXIT, type ExitCode, UsageError, worstExit } from '../../domain/errors.ts';
import { visible } from '../../report/text.ts';
import type { Store } from '../../store/store.ts';
import { apiFlag, type Command, type Context } from '../command.ts';
import { newFile, write } from '../files.ts';
import type { Imported } from '../import-file.ts';
import { IMPORT_OPTIONS } from '../import-flags.ts';

/** Above this, closing at once is confirmed first. */
const CONFIRM_ABOVE = 500;

/** Records a list of conversations to close. */
export const importCloses: Command = {
  usage: 'import closes <file>',
  summary: 'Asks for the close of each row: a CSV conversation_id[,reason][,as_of], or a bare list of ids.',
  examples: [
    ['nightsweep import closes ids.csv', 'the next sweep closes them first'],
    ['nightsweep import closes ids.csv --now --results done.csv', 'close just those, now'],
  ],
  positionals: { file: 'a CSV file or list of ids; - for standard input' },
  options: {
    ...IMPORT_OPTIONS,
    now: { describe: 'serve just these requests at once' },
    yes: { describe: `with --now: do not ask above ${CONFIRM_ABOVE}` },
    results: { value: 'FILE', describe: 'with --now: write the outcome of each row to this file' },
    again: { describe: 'import a file that was imported before' },
    grace: { value: 'DURATION', describe: 'with --now: when interrupted, finish within this (20s)' },
    rate: { value: 'N', describe: 'with --now: requests a minute at most (300)' },
    api: apiFlag('with --now'),
  },
  exits: [
    EXIT.incomplete,
    EXIT.auth,
    EXIT.workLeft,
    EXIT.unavailable,
    EXIT.database,
    EXIT.interrupted,
    EXIT.terminated,
  ],
  run: runImportCloses,
};

async function runImportCloses(context: Context): Promise<ExitCode> {
  const { args } = context;
  const now = args.flag('now');
  if (now && args.flag('dry-run')) {
    throw new UsageError('--dry-run writes nothing and --now closes; give one of them.');
  }
  const results = resultsPath(context, now);
  const { importFile } = await import('../import-file.ts');
  const { CLOSES_COLUMNS } = await import('../../intake/check-close.ts');
  const { importCloses: importRows } = await import('../../intake/import-closes.ts');
  const { printImport } = await import('../render/import.ts');
  const { loadCredentials } = await import('../../config/credentials.ts');
  // What would fail after the import should fail before it.
  if (now) loadCredentials(context.surroundings);

  return importFile(
    context,
    CLOSES_COLUMNS,
    (options) => importRows({ ...options, again: args.flag('again') }),
    (imported, store) =>
      !now || store === null || imported.summary.interrupted !== null
        ? printImport(context, imported)
        : closeNow(context, store, imported, results),
  );
}

async function closeNow(
  context: Context,
  store: Store,
  { summary, rejectsFile }: Imported,
  results: string | null,
): Promise<ExitCode> {
  const { args, out } = context;
  const { importExitCode, importJson, importMessage } = await import('../../intake/summary.ts');
  const rows = summary.rows ?? [];
  const ids = [
    ...new Set(rows.flatMap((row) => (row.status === 'rejected' ? [] : (row.conversationId ?? [])))),
  ];
  if (ids.length > CONFIRM_ABOVE && !args.flag('yes')) await confirmed(context, ids.length);
  const { serveNow } = await import('../serve-now.ts');
  const served = await serveNow(context, store, ids, () => {});
  if (results !== null) {
    const { resultsCsv } = await import('../render/results.ts');
    await write(results, resultsCsv(rows, served.answers), { replace: false });
  }
  const exitCode = worstExit([served.exitCode, importExitCode(summary)]);
  const message = `${importMessage(summary)} ${served.message}`;
  out.object({ ...importJson(summary, rejectsFile), ...served.json(ids), exitCode, message });
  out.print(visible(message));
  return exitCode;
}

async function confirmed(context: Context, n: number): Promise<void> {
  const { confirmation } = await import('../compose.ts');
  const confirm = confirmation(context);
  if (confirm !== null && (await confirm(`Close ${n} conversations now?`))) return;
  throw new UsageError(
    `${n} conversations are more than ${CONFIRM_ABOVE}, and nobody said yes; nothing was closed. The requests are recorded for the next sweep: add --again --yes to close them now.`,
  );
}

function resultsPath({ io, args }: Context, now: boolean): string | null {
  const given = args.text('results');
  if (given === undefined) return null;
  if (!now) throw new UsageError('--results goes with --now; without it the sweep that serves them reports.');
  return newFile(io, given);
}
