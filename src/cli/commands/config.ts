import { EXIT, type ExitCode } from '../../domain/errors.ts';
import { shortened } from '../../domain/text.ts';
import type { Command, Context } from '../command.ts';

/** The settings in force. */
export const config: Command = {
  usage: 'config',
  summary: 'Shows the settings in force and where each comes from; secrets are redacted.',
  examples: [['nightsweep config', 'what would a sweep use here and now?']],
  options: {},
  exits: [],
  run: async (context: Context): Promise<ExitCode> => {
    const { out } = context;
    const { describeSettings, describeCredentials } = await import('../../config/describe.ts');
    const { numberTable } = await import('../render/table.ts');
    const rows = [...describeSettings(context.config()), ...describeCredentials(context.surroundings)];
    out.object({
      settings: rows.map(({ key, value, origin, unit, flag, variable }) => ({
        key,
        value,
        origin,
        unit,
        flag,
        variable,
      })),
    });
    out.print(
      numberTable(
        ['setting', 'value', 'from'],
        rows.map(({ key, value, origin, unit }) => [
          key,
          value === null ? '(not set)' : unit === 'SQL' ? onOneLine(value) : value,
          origin,
        ]),
        out.colors,
      ),
    );
    return EXIT.ok;
  },
};

const SHOWN = 44;

/** The beginning of a query; `--json` has all of it. */
function onOneLine(sql: string): string {
  return shortened(sql.replace(/\s+/g, ' '), SHOWN);
}
