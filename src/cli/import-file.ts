import { resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { shellWord } from '../intake/advice.ts';
import { type Columns, parseColumnMap } from '../intake/column-map.ts';
import type { Delimiter } from '../intake/delimiter.ts';
import type { ImportOptions } from '../intake/options.ts';
import type { ImportSummary } from '../intake/summary.ts';
import { csvLines } from '../report/formats/csv.ts';
import { openSeenRows } from '../store/seen-rows.ts';
import type { Context } from './command.ts';
import { databasePath, type Intake } from './compose.ts';
import { demandNoDatabase, growingFile, isSameFile, newFile, partialOf } from './files.ts';
import { createImportView } from './import-progress.ts';
import { openSource } from './source.ts';

/** An import whose flags and file have been looked at, before anything is opened for writing. */
export interface PlannedImport {
  readonly dryRun: boolean;
  /** @param importRows what to do with the options */
  run(intake: Intake, importRows: (options: ImportOptions) => Promise<ImportSummary>): Promise<Imported>;
}

export interface Imported {
  readonly summary: ImportSummary;
  /** Where the rejected rows were written, as it was given; null: nowhere. */
  readonly rejectsFile: string | null;
}

/** @throws UsageError for a flag or a file that cannot be */
export function planImport(context: Context, columns: Columns): PlannedImport {
  const { io, args, log } = context;
  const file = args.positional('file');
  const source = openSource(io, file);
  const dryRun = args.flag('dry-run');
  const reading = {
    delimiter: delimiterOf(args.text('delimiter')),
    map: parseColumnMap(args.texts('map'), columns),
    ignoreUnknown: args.flag('ignore-unknown'),
    command: ['nightsweep', ...io.argv].map(shellWord).join(' '),
  };
  const rejectsPath = placeForRejects(context, file);

  return {
    dryRun,
    run: async ({ intake }, importRows) => {
      const { interrupts, unlisten } = io.listenForInterrupts();
      const rejects = rejectsPath === null ? null : growingFile(rejectsPath);
      const seen = openSeenRows();
      const view = createImportView(context, source.totalBytes);
      try {
        const summary = await importRows({
          ...reading,
          source: source.read(interrupts.stop),
          file,
          store: intake,
          seen,
          dryRun,
          clock: io.clock,
          log,
          stop: interrupts.stop,
          onProgress: view.update,
          ...(rejects !== null && { onRejects: (lines) => rejects.write(csvLines(lines)) }),
        });
        const rejectsFile = rejects?.finish() === true ? (args.text('rejects') ?? null) : null;
        return { summary, rejectsFile };
      } finally {
        view.end();
        rejects?.discard();
        seen.close();
        unlisten();
      }
    },
  };
}

const DELIMITERS: Readonly<Record<string, Delimiter | 'auto'>> = {
  auto: 'auto',
  ',': ',',
  ';': ';',
  '|': '|',
  tab: '\t',
};

function delimiterOf(given: string | undefined): Delimiter | 'auto' {
  if (given === undefined) return 'auto';
  const found = Object.hasOwn(DELIMITERS, given) ? DELIMITERS[given] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(
    `--delimiter cannot be ${JSON.stringify(given)}; give auto, tab, or one of ',' ';' '|' in quotes.`,
  );
}

/** The path for `--rejects`, or null. What is there already may have been corrected by hand, or be the input. */
function placeForRejects(context: Context, input: string): string | null {
  const { io, args } = context;
  const given = args.text('rejects');
  if (given === undefined) return null;
  const path = newFile(io, given);
  const partial = partialOf(path);
  demandNoDatabase(path, given, databasePath(context));
  demandNoDatabase(partial, partial, databasePath(context));
  if (input !== '-' && isSameFile(partial, resolve(io.cwd, input))) {
    throw new UsageError(`${given} would be written by way of ${partial}, the file to import; name another.`);
  }
  return path;
}
