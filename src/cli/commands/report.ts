import { extname } from 'node:path';
import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { FORMATS, render } from '../../report/formats/formats.ts';
import { GROUPINGS } from '../../report/report.ts';
import type { Store } from '../../store/store.ts';
import { type Command, type Context, oneOf } from '../command.ts';
import { deliver } from '../deliver.ts';
import { outputFile } from '../files.ts';
import { lifeOf } from '../life.ts';
import { reportWhatIf, WHAT_IF } from '../what-if.ts';
import { zoneOfMachine } from '../zone.ts';

/** What was closed, kept and why. */
export const report: Command = {
  usage: 'report',
  summary:
    'Reports what the runs have closed, kept and why, what failed, and what waits; dry runs do not count.',
  examples: [
    ['nightsweep report', 'the last seven days, day by day'],
    ['nightsweep report --since 2026-11-01 --by queue', 'since a date, by queue'],
    ['nightsweep report --format csv --bom --out closed.csv', 'for a spreadsheet'],
    ['nightsweep report --since 30d --format markdown', 'to paste into a ticket'],
    ['nightsweep report --since 30d --format html --out report.html', 'to open, print and forward'],
    ['nightsweep report --what-if stale-after=12h --since 30d', 'what a shorter patience would have closed'],
  ],
  options: {
    since: { value: 'WHEN', describe: 'an age such as 7d, a date or a time (7d)' },
    until: { value: 'WHEN', describe: 'likewise (now)' },
    by: oneOf('WHAT', GROUPINGS, 'day'),
    format: oneOf('NAME', FORMATS, 'table'),
    out: { value: 'FILE', describe: 'write to this file; its ending tells the format where none is given' },
    bom: { describe: 'begin a CSV so that Excel reads it as UTF-8' },
    ...WHAT_IF,
    'time-zone': { value: 'ZONE', describe: 'for days and hours, such as Europe/Berlin (here)' },
  },
  exits: [EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { io, args, out } = context;
    const whatIf = args.text('what-if');
    if (whatIf !== undefined) return reportWhatIf(context, whatIf);
    const { parsePeriod } = await import('../../report/period.ts');
    const { gather } = await import('../../report/gather.ts');
    const by = args.choice('by', GROUPINGS) ?? 'day';
    const format = formatOf(context);
    const bom = args.flag('bom');
    if (bom && format !== 'csv') {
      throw new UsageError(`--bom is for a CSV, not for ${format}; add --format csv, or leave it out.`);
    }
    const timeZone = args.text('time-zone') ?? zoneOfMachine();
    const now = io.clock.now();
    const period = parsePeriod({
      since: args.text('since'),
      until: args.text('until'),
      now,
      timeZone,
    });
    const { policy } = context.config().config;
    const given = args.text('out');
    const file = given === undefined ? null : outputFile(io, given);
    const { openRecord } = await import('../compose.ts');
    const { expectedNights } = await import('../expected.ts');
    const store = openRecord(context, 'read');
    try {
      const expected = await expectedNights(context);
      const question = { ...period, now, timeZone, by, expected, atWork: atWork(context, store) };
      const result = gather(store.report, question, policy.staleAfterMs);
      const text = await render(result, format, { color: file === null && out.color, bom });
      await deliver(context, text, file);
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

/** A night that is under way is no reason to call those missing that it leaves out. */
function atWork({ io }: Context, { dashboard }: Store): number | null {
  const last = dashboard.lastSweep();
  return last?.state === 'running' && lifeOf(last, io, false) === 'alive' ? last.id : null;
}

const ENDINGS: Readonly<Record<string, (typeof FORMATS)[number]>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.csv': 'csv',
  '.md': 'markdown',
  '.html': 'html',
};

/** As asked for; else JSON with `--json`, else as the file's name ends. */
function formatOf({ args, out }: Context): (typeof FORMATS)[number] {
  const asked = args.choice('format', FORMATS);
  if (asked !== undefined && out.json && asked !== 'json') {
    throw new UsageError(`--json prints JSON, and --format ${asked} does not; leave one of them out.`);
  }
  if (asked !== undefined || out.json) return asked ?? 'json';
  return ENDINGS[extname(args.text('out') ?? '').toLowerCase()] ?? 'table';
}
