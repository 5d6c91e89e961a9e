import { EXIT, type ExitCode } from '../../domain/errors.ts';
import type { Command, Context } from '../command.ts';

/** Brings in the session → conversation mapping. */
export const importMapping: Command = {
  usage: 'import mapping <file>',
  summary: 'Brings in a CSV session_id, conversation_id, started_at [, last_activity_at] [, user_id].',
  examples: [
    ['nightsweep import mapping sessions.csv', 'new rows are added, known ones brought up to date'],
    ['export-sessions | nightsweep import mapping -', 'from a program'],
  ],
  positionals: { file: 'a CSV file with a header; - for standard input' },
  options: {},
  exits: [EXIT.incomplete, EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { io, args, log } = context;
    const { openSource } = await import('../source.ts');
    const { openRecord } = await import('../compose.ts');
    const { importMapping: importRows } = await import('../../intake/import-mapping.ts');
    const { printImport } = await import('../render/import.ts');
    const file = args.positional('file');
    const source = openSource(io, file);
    const store = openRecord(context, 'create');
    try {
      const summary = await importRows({ source, file, store: store.intake, clock: io.clock, log });
      return printImport(context, summary);
    } finally {
      store.close();
    }
  },
};
