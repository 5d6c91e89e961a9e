import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { apiFlag, type Command, type Context } from '../command.ts';
import { newFile } from '../files.ts';
import { zoneOfMachine } from '../zone.ts';

const SINCE = '30d';

/** Where the mapping and Genesys Cloud do not know the same conversations. */
export const discover: Command = {
  usage: 'discover',
  summary:
    'Lists conversations that Genesys Cloud holds open and the mapping does not know, or with --missing the reverse. Closes nothing.',
  examples: [
    ['nightsweep discover', 'open ones that no mapping knows'],
    ['nightsweep discover --out open.csv', 'as a CSV to review, and then: import mapping open.csv'],
    ['nightsweep discover --since 90d --queue 3f2b8c1e-… --import', 'into the mapping at once'],
    ['nightsweep discover --missing --verify', 'mappings of which Genesys knows nothing'],
  ],
  options: {
    since: { value: 'WHEN', describe: `started since: an age, a date or a time (${SINCE})` },
    until: { value: 'WHEN', describe: 'and before (staleAfter ago; with --missing surveyLag ago)' },
    queue: { value: 'ID', many: true, describe: 'been in this queue, may be repeated' },
    user: { value: 'ID', many: true, describe: 'with this user, may be repeated' },
    limit: { value: 'N', describe: 'list at most this many' },
    out: { value: 'FILE', describe: 'write the list as a CSV for import mapping' },
    import: { describe: 'add them to the mapping; the next sweep looks at each' },
    missing: { describe: 'the reverse: open mappings that analytics does not know' },
    verify: { describe: 'with --missing: read each one, for only a 404 proves it' },
    rate: { value: 'N', describe: 'requests a minute at most (300)' },
    api: { ...apiFlag(), describe: 'platform; the gateway contract has no analytics' },
  },
  exits: [
    EXIT.incomplete,
    EXIT.auth,
    EXIT.refused,
    EXIT.workLeft,
    EXIT.unavailable,
    EXIT.database,
    EXIT.interrupted,
    EXIT.terminated,
  ],
  run: runDiscover,
};

/** What goes with one of the two lists only. */
const OF_OPEN = ['queue', 'user', 'out', 'import'] as const;

async function runDiscover(context: Context): Promise<ExitCode> {
  const { io, args } = context;
  const missing = args.flag('missing');
  const wrong = missing ? OF_OPEN.find((name) => args.raw[name] !== undefined) : undefined;
  if (wrong !== undefined) throw new UsageError(`--${wrong} does not go with --missing; leave one out.`);
  if (args.flag('verify') && !missing) throw new UsageError('--verify goes with --missing.');
  const { config } = context.config();
  const given = {
    period: await periodOf(
      context,
      missing
        ? { name: 'surveyLag', ms: config.surveyLagMs }
        : { name: 'staleAfter', ms: config.policy.staleAfterMs },
    ),
    limit: args.count('limit', 1) ?? null,
    queueIds: args.uuids('queue'),
    userIds: args.uuids('user'),
    outFile: outPath(context),
  };

  const { connect, openRecord } = await import('../compose.ts');
  const { demandOrganization } = await import('../discover/parts.ts');
  const { interrupts, unlisten } = io.listenForInterrupts();
  const signal = interrupts.stop;
  const client = await connect(context, signal);
  try {
    const { discover: api } = client;
    if (api === null) throw new UsageError('The gateway contract has no analytics; use --api platform.');
    const store = openRecord(context, args.flag('import') ? 'create' : 'read');
    try {
      const asking = { clock: io.clock, deadlineMs: config.conversationDeadlineMs, signal };
      const parts = { context, client, api, store, asking, ...given };
      await demandOrganization(parts);
      return missing
        ? await (await import('../discover/list-missing.ts')).listMissing(parts)
        : await (await import('../discover/list-open.ts')).listOpen(parts);
    } finally {
      store.close();
    }
  } finally {
    await client.close();
    unlisten();
  }
}

/**
 * @param youngest the setting that says what is left out by default, because nothing could be said or done about it yet
 */
async function periodOf({ io, args }: Context, youngest: { name: string; ms: number }) {
  const { parsePeriod } = await import('../../report/period.ts');
  const { humanDuration, toIso } = await import('../../domain/time.ts');
  const now = io.clock.now();
  const timeZone = zoneOfMachine();
  const given = { since: args.text('since') ?? SINCE, until: args.text('until') };
  const { since, until } = parsePeriod({ ...given, now, timeZone });
  if (since >= now) throw new UsageError(`--since (${toIso(since)}) lies ahead; give an earlier time.`);
  if (given.until !== undefined) return { since, until: Math.min(until, now) };
  if (since < now - youngest.ms) return { since, until: now - youngest.ms };
  throw new UsageError(
    `--since ${given.since} is not before ${youngest.name} (${humanDuration(youngest.ms)}) ago, where the period ends by itself; give --until as well.`,
  );
}

function outPath({ io, args }: Context): string | null {
  const given = args.text('out');
  return given === undefined ? null : newFile(io, given);
}
