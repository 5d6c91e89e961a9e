import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { toIso } from '../../domain/time.ts';
import type { Command, Context } from '../command.ts';
import { hang } from '../render/hang.ts';

/** Leaves conversations alone. */
export const hold: Command = {
  usage: 'hold <ids..>',
  summary: 'Leaves mapped conversations alone until a time: nothing closes them, not even a request.',
  examples: [
    ['nightsweep hold 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b --for 7d', 'leave it alone for a week'],
    ['nightsweep hold 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b --release', 'end that'],
  ],
  positionals: { ids: 'conversation ids' },
  options: {
    for: { value: 'DURATION', describe: 'how long, such as 12h or 7d' },
    release: { describe: 'end the hold' },
  },
  exits: [EXIT.incomplete, EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { io, args, out } = context;
    const ids = args.conversationIds('ids');
    const forMs = args.durationMs('for');
    const release = args.flag('release');
    if ((forMs === undefined) === !release) {
      throw new UsageError('hold needs either --for DURATION or --release; see nightsweep hold --help.');
    }
    if (forMs === 0) throw new UsageError('--for 0 holds nothing; give a time such as 7d, or --release.');
    const now = io.clock.now();
    const until = forMs === undefined ? null : now + forMs;
    const { openRecord } = await import('../compose.ts');
    const store = openRecord(context, 'write');
    try {
      const unknown = store.holds.hold(ids, until, now);
      const done = ids.filter((id) => !unknown.includes(id));
      const exitCode = unknown.length > 0 ? EXIT.incomplete : EXIT.ok;
      const what = until === null ? 'released' : `on hold until ${toIso(until)}`;
      const unmapped = `no mapping knows ${unknown.join(', ')}; import ${unknown.length === 1 ? 'it' : 'them'} first`;
      const message = [
        ...(done.length > 0 ? [`${done.length} of ${ids.length} ${what}`] : []),
        ...(unknown.length > 0 ? [unmapped] : []),
      ].join('; ');
      out.object({
        held: done,
        unknown,
        until: until === null ? null : toIso(until),
        exitCode,
        message: `${message}.`,
      });
      out.print(hang(`${message}.`, 0));
      return exitCode;
    } finally {
      store.close();
    }
  },
};
