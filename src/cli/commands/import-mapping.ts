import { EXIT, type ExitCode } from '../../domain/errors.ts';
import type { Command, Context } from '../command.ts';
import { IMPORT_OPTIONS } from '../import-flags.ts';

/** Brings in the session → conversation mapping. */
export const importMapping: Command = {
  usage: 'import mapping <file>',
  summary: 'Brings in a CSV session_id, conversation_id, started_at [, last_activity_at] [, user_id].',
  examples: [
    ['nightsweep import mapping sessions.csv', 'new rows are added, known ones brought up to date'],
    ['export-sessions | nightsweep import mapping -', 'from a program'],
    [
      "nightsweep import mapping crm.csv --map session_id='Chat No'",
      'where another program calls a column otherwise; repeat --map for more',
    ],
    [
      'nightsweep import mapping sessions.csv --dry-run --rejects bad.csv',
      'look first: what would change, and what cannot go in',
    ],
  ],
  positionals: { file: 'a CSV file with a header; - for standard input' },
  options: IMPORT_OPTIONS,
  exits: [EXIT.incomplete, EXIT.database, EXIT.interrupted, EXIT.terminated],
  run: async (context: Context): Promise<ExitCode> => {
    const { importFile } = await import('../import-file.ts');
    const { MAPPING_COLUMNS } = await import('../../intake/check-mapping.ts');
    const { importMapping: importRows } = await import('../../intake/import-mapping.ts');
    const { printImport } = await import('../render/import.ts');
    return importFile(context, MAPPING_COLUMNS, importRows, (imported) => printImport(context, imported));
  },
};
