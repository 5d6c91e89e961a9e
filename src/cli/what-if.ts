import { readGiven } from '../config/given.ts';
import { nearest } from '../config/nearest.ts';
import { SETTINGS } from '../config/settings.ts';
import { EXIT, type ExitCode, UsageError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import type { PolicyChange } from '../report/what-if.ts';
import type { Context, Flags } from './command.ts';
import { deliver } from './deliver.ts';
import { outputFile } from './files.ts';
import { zoneOfMachine } from './zone.ts';

/** The flag of `report` that asks about another policy instead of counting. */
export const WHAT_IF: Flags = {
  'what-if': { value: 'POLICY', describe: 'what another policy would have closed: stale-after=12h' },
};

const KEYS = { 'stale-after': 'staleAfter', 'stale-after-with-agent': 'staleAfterWithAgent' } as const;
type Key = (typeof KEYS)[keyof typeof KEYS];
const NAMES = Object.keys(KEYS) as readonly (keyof typeof KEYS)[];

interface Asked {
  readonly changes: PolicyChange;
  /** As the settings are written. */
  readonly asked: Readonly<Record<string, string>>;
}

/**
 * Reads `stale-after=12h,stale-after-with-agent=2d` as the settings of these names are read.
 * @throws UsageError that names the key, and the nearest one that can be asked about
 */
export function parseWhatIf(text: string): Asked {
  const given = new Map<Key, string>();
  for (const part of text.split(',')) {
    const [name = '', ...value] = part.split('=');
    const key = keyOf(name.trim());
    if (value.length === 0) {
      throw new UsageError(`--what-if: ${name.trim()} has no value; give ${name.trim()}=12h, for example.`);
    }
    if (given.has(key)) throw new UsageError(`--what-if: ${name.trim()} is given twice; give it once.`);
    given.set(key, value.join('='));
  }
  const read = <K extends Key>(key: K) => {
    const value = given.get(key);
    return value === undefined
      ? undefined
      : readGiven(key, { text: value, where: '--what-if', origin: 'flag' });
  };
  const [staleAfter, withAgent] = [read('staleAfter'), read('staleAfterWithAgent')];
  return {
    changes: {
      ...(staleAfter !== undefined && { staleAfterMs: staleAfter }),
      ...(withAgent !== undefined && { staleAfterWithAgentMs: withAgent }),
    },
    asked: {
      ...(staleAfter !== undefined && { staleAfter: SETTINGS.staleAfter.kind.format(staleAfter) }),
      ...(withAgent !== undefined && {
        staleAfterWithAgent: SETTINGS.staleAfterWithAgent.kind.format(withAgent),
      }),
    },
  };
}

/** By the name of the flag or of the setting. */
function keyOf(name: string): Key {
  const found = NAMES.find((known) => known === name || KEYS[known] === name);
  if (found !== undefined) return KEYS[found];
  const meant = nearest(name, NAMES);
  throw new UsageError(
    `--what-if cannot ask about ${JSON.stringify(name)}${meant === null ? '' : ` (did you mean ${meant}?)`}; give ${NAMES.join('=12h or ')}=12h.`,
  );
}

/** `report --what-if`: the other report, over the same time, in the same places. */
export async function reportWhatIf(context: Context, given: string): Promise<ExitCode> {
  const { io, args, out } = context;
  const { changes, asked } = parseWhatIf(given);
  refuseOthers(context);
  const { parsePeriod } = await import('../report/period.ts');
  const timeZone = args.text('time-zone') ?? zoneOfMachine();
  const period = parsePeriod({
    since: args.text('since'),
    until: args.text('until'),
    now: io.clock.now(),
    timeZone,
  });
  const place = args.text('out');
  const file = place === undefined ? null : outputFile(io, place);
  const { openRecord } = await import('./compose.ts');
  const { whatIf } = await import('../report/what-if.ts');
  const { whatIfJson, whatIfText } = await import('../report/formats/what-if.ts');
  const { guardedJson } = await import('../report/text.ts');
  const store = openRecord(context, 'read');
  try {
    const { report } = store;
    const result = report.atOneMoment(() => {
      const detailSince = report.detailSince();
      // What pruning left of older nights is what something still needs: to count that alone would say nothing.
      const detailed = { ...period, since: Math.max(period.since, detailSince ?? period.since) };
      return {
        ...period,
        timeZone,
        asked,
        ...whatIf(report.observations(detailed.since), policies(report.run), changes, detailed),
        detailSince,
      };
    });
    const isJson = out.json || args.text('format') === 'json';
    const text = isJson
      ? `${guardedJson(JSON.stringify(whatIfJson(result), null, 2))}\n`
      : whatIfText(result, { color: file === null && out.color });
    await deliver(context, text, file);
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** @throws UsageError for flags that would have no effect */
function refuseOthers({ args }: Context): void {
  if (args.text('by') !== undefined) {
    throw new UsageError('--by does not go with --what-if, which has one answer for the whole time.');
  }
  if (args.flag('bom'))
    throw new UsageError('--bom is for a CSV, which --what-if has none of; leave it out.');
  args.choice('format', ['table', 'json']);
}

/** The policy of each run, read once. */
function policies(run: (runId: number) => { readonly policy: Policy } | null): (runId: number) => Policy {
  const known = new Map<number, Policy>();
  return (runId) => {
    const policy = known.get(runId) ?? run(runId)?.policy;
    if (policy === undefined) throw new Error(`outcomes without run ${runId}`);
    known.set(runId, policy);
    return policy;
  };
}
