import { EXIT, type ExitCode, interruptExit, UsageError } from '../../domain/errors.ts';
import { MINUTE } from '../../domain/time.ts';
import { visible } from '../../report/text.ts';
import { FAULT_KINDS } from '../../simulator/faults.ts';
import { type Command, type Context, oneOf } from '../command.ts';
import { outputFile, write } from '../files.ts';

const EFFECTS = ['reply', 'delayed', 'never'] as const;
const DELAY_MS = 2_000;

/** A Genesys Cloud to try things on. */
export const simulate: Command = {
  usage: 'simulate',
  summary: 'Runs a simulated Genesys Cloud on loopback until it is interrupted.',
  examples: [
    ['nightsweep simulate --mapping sim.csv', 'a population, and the mapping that belongs to it'],
    ['nightsweep simulate --latency 40-120 --fault 503=0.02 --fault reset_after=0.01', 'on a bad day'],
  ],
  options: {
    port: { value: 'N', describe: 'port on 127.0.0.1 (8099; 0: any free one)' },
    seed: { value: 'N', describe: 'everything random follows from it (1)' },
    population: { value: 'N', describe: 'conversations to generate (500)' },
    unmapped: { value: 'N', describe: 'more of them, that the mapping does not know (0)' },
    mapping: { value: 'FILE', describe: 'write the mapping of the population to this CSV' },
    latency: { value: 'MS', describe: 'milliseconds for each answer, such as 80 or 40-120 (0)' },
    fault: {
      value: 'KIND=P',
      many: true,
      describe: `KIND=PROBABILITY, may be repeated; ${FAULT_KINDS.join(', ')}`,
    },
    'rate-limit': { value: 'N', describe: 'requests a minute it permits (300)' },
    'close-effect': oneOf('NAME', EFFECTS, 'reply', 'what a close does'),
    'missing-permission': {
      value: 'NAME',
      many: true,
      describe: 'a permission the client lacks, may be repeated',
    },
    'token-lifetime': { value: 'N', describe: 'seconds that a token lives (86400)' },
  },
  exits: [EXIT.interrupted, EXIT.terminated],
  run: runSimulate,
};

async function runSimulate(context: Context): Promise<ExitCode> {
  const { io, args, out } = context;
  const { createSimulator } = await import('../../simulator/simulator.ts');
  const { SIMULATED_CLIENT } = await import('../../simulator/options.ts');
  const { mappingRows } = await import('../../simulator/population.ts');
  const { mappingCsv } = await import('../../simulator/mapping-csv.ts');

  const seed = args.count('seed') ?? 1;
  const population = args.count('population') ?? 500;
  const unmapped = args.count('unmapped') ?? 0;
  const effect = args.choice('close-effect', EFFECTS) ?? 'reply';
  const now = io.clock.now();
  const simulator = createSimulator({
    now: () => io.clock.now(),
    sleep: (ms, signal) => io.clock.sleep(ms, signal),
    seed,
    population,
    unmapped,
    latencyMs: latency(args.text('latency')),
    faults: await faults(repeated(args.raw.fault)),
    rateLimit: { allowed: args.count('rate-limit', 1) ?? 300, windowMs: MINUTE },
    tokenLifetimeSeconds: args.count('token-lifetime', 1) ?? 86_400,
    missingPermissions: await permissions(repeated(args.raw['missing-permission'])),
    closeEffect: effect === 'delayed' ? { kind: 'delayed', ms: DELAY_MS } : { kind: effect },
  });
  const { interrupts, unlisten } = io.listenForInterrupts();
  try {
    const port = args.count('port') ?? 8099;
    if (port > 65_535) throw new UsageError(`--port cannot be ${port}; give a number from 0 to 65535.`);
    const { url } = await simulator.start(port);
    const file = args.text('mapping');
    if (file !== undefined) {
      await write(outputFile(io, file), mappingCsv(mappingRows(seed, population, now)), { replace: true });
    }
    const env = {
      GENESYS_API_URL: url,
      GENESYS_LOGIN_URL: url,
      GENESYS_CLIENT_ID: SIMULATED_CLIENT.clientId,
      GENESYS_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    };
    out.object({ url, env, mapping: file ?? null, seed, population, unmapped });
    out.print(
      [
        `A simulated Genesys Cloud with ${population + unmapped} conversations listens on ${url}.`,
        'In another terminal:',
        '',
        ...Object.entries(env).map(([name, value]) => `  export ${name}=${value}`),
        ...(file === undefined ? [] : [`  nightsweep import mapping ${visible(file)}`]),
        ...(unmapped === 0 ? [] : ['  nightsweep discover']),
        '  nightsweep sweep --dry-run',
        '',
        `What the world looks like: curl ${url}/simulator/world`,
        'Stop it with Ctrl-C.',
      ].join('\n'),
    );
    if (!interrupts.stop.aborted) {
      await new Promise((done) => interrupts.stop.addEventListener('abort', done, { once: true }));
    }
    return interruptExit(interrupts.stop);
  } finally {
    await simulator.stop();
    unlisten();
  }
}

function repeated(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function latency(given: string | undefined): [number, number] {
  if (given === undefined) return [0, 0];
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(given.trim());
  const min = Number(match?.[1]);
  const max = Number(match?.[2] ?? match?.[1]);
  if (match !== null && min <= max) return [min, max];
  throw new UsageError(
    `--latency cannot be ${JSON.stringify(given)}; give milliseconds such as 80 or a range such as 40-120.`,
  );
}

async function faults(given: readonly string[]): Promise<Record<string, number>> {
  const chosen: Record<string, number> = {};
  for (const text of given) {
    const [kind = '', probability = ''] = text.split('=');
    const share = /^(0?\.\d+|0|1)$/.test(probability) ? Number(probability) : Number.NaN;
    if (!(FAULT_KINDS as readonly string[]).includes(kind) || Number.isNaN(share)) {
      throw new UsageError(
        `--fault cannot be ${JSON.stringify(text)}; give KIND=PROBABILITY such as 503=0.02, with one of ${FAULT_KINDS.join(', ')}.`,
      );
    }
    chosen[kind] = share;
  }
  if (Object.values(chosen).reduce((sum, share) => sum + share, 0) > 1) {
    throw new UsageError('The probabilities of --fault add up to more than 1; lower them.');
  }
  return chosen;
}

async function permissions(given: readonly string[]): Promise<readonly string[]> {
  const { PERMISSIONS } = await import('../../simulator/options.ts');
  for (const one of given) {
    if (PERMISSIONS.includes(one)) continue;
    throw new UsageError(
      `--missing-permission cannot be ${JSON.stringify(one)}; give one of ${PERMISSIONS.join(', ')}.`,
    );
  }
  return given;
}
