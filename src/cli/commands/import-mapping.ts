import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Command, Context } from '../command.ts';
import { IMPORT_OPTIONS } from '../import-flags.ts';

const WHAT_FILE = 'a CSV file with a header; - for standard input';

/** Brings in the session → conversation mapping. */
export const importMapping: Command = {
  usage: 'import mapping [file]',
  summary:
    'Brings in a CSV session_id, conversation_id, started_at [, last_activity_at] [, user_id], or what is new in the source of the settings.',
  examples: [
    ['nightsweep import mapping sessions.csv', 'new rows are added, known ones brought up to date'],
    ['export-sessions | nightsweep import mapping -', 'from a program'],
    ['nightsweep import mapping --from-source', 'what every sweep does first, alone'],
    [
      "nightsweep import mapping crm.csv --map session_id='Chat No'",
      'where another program calls a column otherwise; repeat --map for more',
    ],
    [
      'nightsweep import mapping sessions.csv --dry-run --rejects bad.csv',
      'look first: what would change, and what cannot go in',
    ],
  ],
  positionals: { file: WHAT_FILE },
  options: {
    ...IMPORT_OPTIONS,
    'from-source': { describe: 'read the database that source.file names, from where it was read last' },
    full: { describe: 'with --from-source: read everything again' },
  },
  exits: [EXIT.incomplete, EXIT.database, EXIT.interrupted, EXIT.terminated],
  run: async (context: Context): Promise<ExitCode> => {
    const { args } = context;
    const [file] = args.positionals('file');
    const full = args.flag('full');
    if (args.flag('from-source')) {
      demandNoFile(context, file);
      return fromSource(context, full);
    }
    if (full) throw new UsageError('--full goes with --from-source; a file is always read as a whole.');
    if (file === undefined || file === '') {
      throw new UsageError(
        `import mapping needs ${WHAT_FILE}; or --from-source; see nightsweep import mapping --help.`,
      );
    }
    return fromFile(context);
  },
};

/** What is said of a file says nothing of a source. */
function demandNoFile({ args }: Context, file: string | undefined): void {
  if (file !== undefined) {
    throw new UsageError(`--from-source reads what source.file names; leave out ${file}, or the flag.`);
  }
  const given = Object.keys(IMPORT_OPTIONS).find((flag) => args.flag(flag) || args.texts(flag).length > 0);
  if (given !== undefined) {
    throw new UsageError(`--${given} is for a file, and --from-source reads none; leave one of them out.`);
  }
}

async function fromFile(context: Context): Promise<ExitCode> {
  const { importFile } = await import('../import-file.ts');
  const { MAPPING_COLUMNS } = await import('../../intake/check-mapping.ts');
  const { importMapping: importRows } = await import('../../intake/import-mapping.ts');
  const { printImport } = await import('../render/import.ts');
  return importFile(context, MAPPING_COLUMNS, importRows, (imported) => printImport(context, imported));
}

async function fromSource(context: Context, full: boolean): Promise<ExitCode> {
  const { openRecord } = await import('../compose.ts');
  const { demandSource, syncFrom } = await import('../sync.ts');
  const { syncMessage } = await import('../../intake/sync-source.ts');
  const { printImport } = await import('../render/import.ts');
  const source = demandSource(context);
  const store = openRecord(context, 'create');
  try {
    const summary = await syncFrom(context, store, source, { full, mayGoOn: () => true });
    // Nobody tells it to end.
    if (summary === null) throw new Error('The sync has ended by itself.');
    return printImport(context, { summary, rejectsFile: null }, syncMessage(summary));
  } finally {
    store.close();
  }
}
