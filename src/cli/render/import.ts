import type { ExitCode } from '../../domain/errors.ts';
import { shellWord } from '../../intake/advice.ts';
import { type ImportSummary, importExitCode, importJson, importMessage } from '../../intake/summary.ts';
import { visible } from '../../report/text.ts';
import type { Context } from '../command.ts';
import type { Imported } from '../import-file.ts';
import { hang } from './hang.ts';

/** How many rejects people are shown; all are in the database, and up to 1,000 in `--json`. */
const SHOWN = 20;

/** Prints what an import did, and returns its exit code. */
export function printImport(
  context: Context,
  { summary, rejectsFile }: Imported,
  message: string = importMessage(summary),
): ExitCode {
  const { out, log } = context;
  out.object(importJson(summary, rejectsFile, message));
  if (!out.quiet) printRejects(context, summary, rejectsFile);
  const shown = visible(message);
  out.print(out.quiet ? shown : hang(shown, 0));
  if (rejectsFile !== null) {
    log.info(
      `The rejected rows are in ${rejectsFile}; correct them, then: ${importAgain(context, summary, rejectsFile)}`,
    );
  }
  return importExitCode(summary);
}

function printRejects({ out }: Context, summary: ImportSummary, rejectsFile: string | null): void {
  for (const { line, code, message, key = `line ${line}` } of summary.rejects.slice(0, SHOWN)) {
    out.print(`  ${visible(key)}: ${out.colors.yellow(code)}\n      ${hang(visible(message), 6)}`);
  }
  const more = summary.rejectsTotal - Math.min(SHOWN, summary.rejects.length);
  if (more === 0) return;
  // A source is read again and again, so only some of its rejects are kept.
  const kept = summary.file.startsWith('source:') && summary.rejects.length < summary.rejectsTotal;
  const which = kept ? `the first ${summary.rejects.length}` : 'all';
  const where = rejectsFile ?? (summary.dryRun ? null : 'the table import_rejects');
  out.print(
    `  and ${more} more${where === null ? '; name a file with --rejects' : `, ${which} in ${where}`}`,
  );
}

/** What is to be typed for the corrected file: it has the headers of the original, but commas. */
function importAgain({ args }: Context, { kind }: ImportSummary, rejectsFile: string): string {
  const given = (flag: string) => args.texts(flag).flatMap((value) => [`--${flag}`, value]);
  return [
    'nightsweep',
    'import',
    kind,
    rejectsFile,
    ...given('map'),
    ...(args.flag('ignore-unknown') ? ['--ignore-unknown'] : []),
    ...given('db'),
    ...given('config'),
  ]
    .map(shellWord)
    .join(' ');
}
