import { EXIT, type ExitCode } from '../../domain/errors.ts';
import { counted } from '../../domain/text.ts';
import { toIso } from '../../domain/time.ts';
import { visible } from '../../report/text.ts';
import type { Command, Context } from '../command.ts';
import { placeFor } from '../files.ts';

/** Creates the database, or brings it up to date. */
export const dbMigrate: Command = {
  usage: 'db migrate',
  summary: 'Creates the database or brings it up to date; one that holds data is backed up first.',
  examples: [['nightsweep db migrate', 'after an upgrade, or before the first INSERT']],
  options: {},
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { databaseExists, openRecord } = await import('../compose.ts');
    const existed = databaseExists(context);
    const store = openRecord(context, 'create');
    try {
      const { migrated, maintenance } = store;
      const { path, schemaVersion } = maintenance.status();
      const message = !existed
        ? `${path} was created, with schema ${schemaVersion}.`
        : migrated === null
          ? `${path} is up to date, with schema ${schemaVersion}.`
          : `${path} was brought from schema ${migrated.from} to ${migrated.to}.`;
      const from = migrated?.from ?? schemaVersion;
      context.out.object({
        path,
        from,
        to: schemaVersion,
        backup: migrated?.backup ?? null,
        exitCode: EXIT.ok,
        message,
      });
      context.out.print(visible(message));
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

/** What is in it. */
export const dbStatus: Command = {
  usage: 'db status',
  summary: 'Tells the schema and size of the database and what is in it.',
  examples: [['nightsweep db status', 'works on an old schema too']],
  options: {},
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { databasePath, openRecord } = await import('../compose.ts');
    const { openMaintenance } = await import('../../store/maintenance.ts');
    const maintenance = openMaintenance(databasePath(context));
    const status = maintenance.status();
    maintenance.close();
    const { out, io } = context;
    const lines = [
      visible(status.path),
      `  schema ${status.schemaVersion} of ${status.latestVersion}, ${Math.ceil(status.sizeBytes / 1024)} KiB, journal ${status.journalMode}`,
    ];
    let overview = null;
    if (status.schemaVersion === status.latestVersion) {
      const store = openRecord(context, 'read');
      overview = store.report.overview(io.clock.now());
      store.close();
      const { mappings, onHold, pendingRequests, intents, outcomes, summarised, detailSince, runs } =
        overview;
      lines.push(
        `  mappings: ${mappings.open} open, ${mappings.closed} closed, ${mappings.gone} gone, ${onHold} on hold`,
        `  ${counted(pendingRequests, 'close request')} pending, ${counted(intents, 'intent')}, ${counted(outcomes, 'outcome')} of ${counted(runs, 'run')}`,
      );
      if (detailSince !== null) {
        lines.push(`  ${summarised} outcomes before ${toIso(detailSince).slice(0, 10)} are summarised`);
      }
    } else lines.push('  run nightsweep db migrate to bring it up to date');
    out.object({ ...status, overview });
    out.print(lines.join('\n'));
    return EXIT.ok;
  },
};

/** A copy of it, while it is in use. */
export const dbBackup: Command = {
  usage: 'db backup <file>',
  summary: 'Writes a consistent copy of the database, also while a sweep runs.',
  examples: [['nightsweep db backup nightsweep-2026-11-23.db', 'copying the file alone would lose its WAL']],
  positionals: { file: 'a file that does not exist yet' },
  options: {},
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { openRecord } = await import('../compose.ts');
    const file = placeFor(context.io, context.args.positional('file'));
    const store = openRecord(context, 'read');
    try {
      store.maintenance.backupTo(file);
    } finally {
      store.close();
    }
    const message = `The copy is in ${file}.`;
    context.out.object({ file, exitCode: EXIT.ok, message });
    context.out.print(visible(message));
    return EXIT.ok;
  },
};

/** Whether every page and reference is whole. */
export const dbCheck: Command = {
  usage: 'db check',
  summary: 'Looks at every page and every reference of the database.',
  examples: [['nightsweep db check', 'after a crash of the machine, or before trusting a copy']],
  options: {},
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { databasePath } = await import('../compose.ts');
    const { openMaintenance } = await import('../../store/maintenance.ts');
    const maintenance = openMaintenance(databasePath(context));
    const problems = maintenance.check();
    maintenance.close();
    const exitCode = problems.length === 0 ? EXIT.ok : EXIT.database;
    const message =
      problems.length === 0
        ? 'The database is whole.'
        : `The database has ${problems.length} problems; restore a backup, or recover it with sqlite3's .recover.`;
    context.out.object({ problems, exitCode, message });
    for (const problem of problems) context.out.print(`  ${visible(problem)}`);
    context.out.print(visible(message));
    return exitCode;
  },
};
