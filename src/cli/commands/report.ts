import { EXIT, type ExitCode } from '../../domain/errors.ts';
import type { Report } from '../../report/figures.ts';
import type { Command, Context } from '../command.ts';
import { outputFile, write } from '../files.ts';
import { reportWhatIf, WHAT_IF } from '../what-if.ts';

const GROUPINGS = ['day', 'hour', 'outcome', 'reason', 'queue', 'origin', 'run'] as const;
const FORMATS = ['table', 'json', 'csv'] as const;

/** What was closed, kept and why. */
export const report: Command = {
  usage: 'report',
  summary: 'Reports what the runs have closed, kept and why; dry runs do not count.',
  examples: [
    ['nightsweep report', 'the last seven days, day by day'],
    ['nightsweep report --since 2026-11-01 --by queue', 'since a date, by queue'],
    ['nightsweep report --format csv --out closed.csv', 'for a spreadsheet'],
    ['nightsweep report --what-if stale-after=12h --since 30d', 'what a shorter patience would have closed'],
  ],
  options: {
    since: { value: 'WHEN', describe: 'an age such as 7d, a date or a time (7d)' },
    until: { value: 'WHEN', describe: 'likewise (now)' },
    by: { value: 'WHAT', describe: `${GROUPINGS.join(', ')} (day)` },
    format: { value: 'NAME', describe: `${FORMATS.join(', ')} (table)` },
    out: { value: 'FILE', describe: 'write to this file instead of stdout' },
    ...WHAT_IF,
    'time-zone': { value: 'ZONE', describe: 'for days and hours, such as Europe/Berlin (here)' },
  },
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { io, args, out, log } = context;
    const whatIf = args.text('what-if');
    if (whatIf !== undefined) return reportWhatIf(context, whatIf);
    const { parsePeriod } = await import('../../report/period.ts');
    const { figures } = await import('../../report/figures.ts');
    const by = args.choice('by', GROUPINGS) ?? 'day';
    const format = args.choice('format', FORMATS) ?? (out.json ? 'json' : 'table');
    const timeZone = args.text('time-zone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const period = parsePeriod({
      since: args.text('since'),
      until: args.text('until'),
      now: io.clock.now(),
      timeZone,
    });
    const given = args.text('out');
    const file = given === undefined ? null : outputFile(io, given);
    const { openRecord } = await import('../compose.ts');
    const { counted } = await import('../../report/counted.ts');
    const store = openRecord(context, 'read');
    try {
      const result = store.report.atOneMoment(() =>
        figures(counted(store.report, period), { ...period, timeZone, by }),
      );
      const text = await render(result, format, file === null && out.color);
      if (file === null) out.raw(text);
      else {
        await write(file, text, { replace: true });
        log.info(`The report is in ${file}.`);
      }
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

async function render(result: Report, format: (typeof FORMATS)[number], color: boolean): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../../report/formats/json.ts')).renderJson(result);
    case 'csv':
      return (await import('../../report/formats/csv.ts')).renderCsv(result);
    case 'table':
      return (await import('../../report/formats/table.ts')).renderTable(result, { color });
  }
}
