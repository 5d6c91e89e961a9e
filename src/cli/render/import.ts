import type { ExitCode } from '../../domain/errors.ts';
import { type ImportSummary, importExitCode, importJson, importMessage } from '../../intake/summary.ts';
import { visible } from '../../report/text.ts';
import type { Context } from '../command.ts';
import { hang } from './hang.ts';

/** How many rejects people are shown; all are in the database, and up to 1,000 in `--json`. */
const SHOWN = 20;

/** Prints what an import did, and returns its exit code. */
export function printImport({ out }: Context, summary: ImportSummary): ExitCode {
  out.object(importJson(summary));
  if (!out.quiet) {
    for (const { line, code, message } of summary.rejects.slice(0, SHOWN)) {
      out.print(`  line ${line}: ${out.colors.yellow(code)}\n      ${hang(visible(message), 6)}`);
    }
    const more = summary.rejectsTotal - Math.min(SHOWN, summary.rejects.length);
    if (more > 0) out.print(`  and ${more} more, all in the table import_rejects`);
  }
  const message = visible(importMessage(summary));
  out.print(out.quiet ? message : hang(message, 0));
  return importExitCode(summary);
}
