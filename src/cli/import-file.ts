import { resolve } from 'node:path';
import { type ExitCode, UsageError } from '../domain/errors.ts';
import { shellWord } from '../intake/advice.ts';
import { type Columns, parseColumnMap } from '../intake/column-map.ts';
import type { Delimiter } from '../intake/delimiter.ts';
import type { ImportOptions } from '../intake/options.ts';
import type { ImportSummary } from '../intake/summary.ts';
import { csvLines } from '../report/formats/csv.ts';
import { openSeenRows } from '../store/seen-rows.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './command.ts';
import { databasePath, openIntake } from './compose.ts';
import { demandNoDatabase, growingFile, isSameFile, newFile, partialOf } from './files.ts';
import { createImportView } from './import-progress.ts';
import { openSource } from './source.ts';

export interface Imported {
  readonly summary: ImportSummary;
  /** Where the rejected rows were written, as it was given; null: nowhere. */
  readonly rejectsFile: string | null;
}

/**
 * Imports the file of the arguments by their flags. All of them are looked at before anything is opened for writing.
 *
 * @param use what follows, while the record is still open; no record: a dry run without a database
 * @throws UsageError for a flag or a file that cannot be
 */
export async function importFile(
  context: Context,
  columns: Columns,
  importRows: (options: ImportOptions) => Promise<ImportSummary>,
  use: (imported: Imported, store: Store | null) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  const { io, args, log } = context;
  const file = args.positional('file');
  const source = openSource(io, file);
  const reading = {
    file,
    delimiter: delimiterOf(args.text('delimiter')),
    map: parseColumnMap(args.texts('map'), columns),
    ignoreUnknown: args.flag('ignore-unknown'),
    command: ['nightsweep', ...io.argv].map(shellWord).join(' '),
    dryRun: args.flag('dry-run'),
  };
  const rejectsPath = placeForRejects(context, file);
  const { interrupts, unlisten } = io.listenForInterrupts();
  const { stop } = interrupts;
  try {
    const { intake, store, close } = openIntake(context, reading.dryRun);
    try {
      const imported = await withHelpers(context, rejectsPath, source.totalBytes, (helpers) =>
        importRows({
          ...reading,
          source: source.read(stop),
          stop,
          store: intake,
          clock: io.clock,
          log,
          ...helpers,
        }),
      );
      unlisten();
      return await use(imported, store);
    } finally {
      close();
    }
  } finally {
    unlisten();
  }
}

type Helpers = Pick<ImportOptions, 'seen' | 'onProgress' | 'onRejects'>;

/** What an import needs only while it runs. */
async function withHelpers(
  context: Context,
  rejectsPath: string | null,
  totalBytes: number | null,
  importRows: (helpers: Helpers) => Promise<ImportSummary>,
): Promise<Imported> {
  const rejects = rejectsPath === null ? null : growingFile(rejectsPath);
  const seen = openSeenRows();
  const view = await createImportView(context, totalBytes);
  try {
    const summary = await importRows({
      seen,
      onProgress: view.update,
      ...(rejects !== null && { onRejects: (lines) => rejects.write(csvLines(lines)) }),
    });
    const written = rejects?.finish() === true;
    return { summary, rejectsFile: written ? (context.args.text('rejects') ?? null) : null };
  } finally {
    view.end();
    rejects?.discard();
    seen.close();
  }
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
