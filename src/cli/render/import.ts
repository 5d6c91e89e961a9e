import type { ExitCode } from '../../domain/errors.ts';
import { type ImportSummary, importExitCode, importJson, importMessage } from '../../intake/summary.ts';
import { visible } from '../../report/text.ts';
import type { Context } from '../command.ts';
import { hang } from './hang.ts';

/** How many rejects people are shown; all are in the database, and up to 1,000 in `--json`. */
const SHOWN = 20;

/** Prints what an import did, and returns its exit code. */
export function printImport(
  { out }: Context,
  summary: ImportSummary,
  message: string = importMessage(summary),
): ExitCode {
  out.object(importJson(summary, message));
  if (!out.quiet) {
    for (const { line, code, message: why, key = `line ${line}` } of summary.rejects.slice(0, SHOWN)) {
      out.print(`  ${visible(key)}: ${out.colors.yellow(code)}\n      ${hang(visible(why), 6)}`);
    }
    const more = summary.rejectsTotal - Math.min(SHOWN, summary.rejects.length);
    const kept = summary.rejects.length < summary.rejectsTotal && isSource(summary);
    if (more > 0) {
      const which = kept ? `the first ${summary.rejects.length}` : 'all';
      out.print(`  and ${more} more, ${which} in the table import_rejects`);
    }
  }
  const shown = visible(message);
  out.print(out.quiet ? shown : hang(shown, 0));
  return importExitCode(summary);
}

/** It is read again and again, so only some of its rejects are kept. */
function isSource({ file }: ImportSummary): boolean {
  return file.startsWith('source:');
}
