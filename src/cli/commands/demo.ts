import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode, ExpectedError, interruptExit } from '../../domain/errors.ts';
import { MINUTE } from '../../domain/time.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import type { Command, Context } from '../command.ts';
import type { Io } from '../io.ts';
import { hang } from '../render/hang.ts';

/** The samples in data/ belong to this seed; the last conversations are in the list to close only. */
const SEED = 1;
const POPULATION = 620;
/** Far above the real 300 a minute, so that the demo is over soon. */
const RATE = 24_000;
const DATA = new URL('../../../data/', import.meta.url);

/** Everything end to end, without an account. */
export const demo: Command = {
  usage: 'demo',
  summary: 'Runs the whole job on a simulated Genesys Cloud and a fresh database, then compares both sides.',
  examples: [['nightsweep demo', 'takes some 10 seconds, needs no account, leaves nothing behind']],
  options: {},
  exits: [EXIT.incomplete, EXIT.interrupted, EXIT.terminated],
  run: runDemo,
};

async function runDemo(context: Context): Promise<ExitCode> {
  const { io, out, log } = context;
  const { interrupts, unlisten } = io.listenForInterrupts();
  const { createSimulator } = await import('../../simulator/simulator.ts');
  const simulator = createSimulator({
    now: () => io.clock.now(),
    seed: SEED,
    population: POPULATION,
    rateLimit: { allowed: RATE, windowMs: MINUTE },
  });
  slowDownSome(simulator);
  const folder = await mkdtemp(join(tmpdir(), 'nightsweep-demo-'));
  try {
    const { url } = await simulator.start();
    log.info(
      `A simulated Genesys Cloud with ${POPULATION} conversations is up; it grants ${RATE} requests a minute, the real one 300.`,
    );
    const sub = subProcess(context, folder, url, interrupts.stop);
    const data = (name: string) => fileURLToPath(new URL(name, DATA));
    await sub('Bring in the mapping', 'import', 'mapping', data('sample-mapping.csv'));
    await sub(
      'Bring in a list of conversations that somebody wants closed',
      'import',
      'closes',
      data('sample-closes.csv'),
    );
    await sub('Look before you leap: nothing is closed by this', 'sweep', '--dry-run');
    const exitCode = await sub('The job itself', 'sweep');
    await sub('What it did', 'report', '--by', 'reason');

    const { compared, problems } = await compare(context, folder, simulator);
    const agreed = problems.length === 0 && exitCode === EXIT.ok;
    for (const problem of problems) out.print(`  ${problem}`);
    const message = agreed
      ? `Both sides agree on all ${compared} conversations: what is recorded as closed is closed, and nothing else is.`
      : `The two sides disagree on ${problems.length} conversations; the sweep ended with ${exitCode}.`;
    out.print(`\n${out.colors.bold(hang(message, 0))}`);
    const next = [
      '',
      'Try next:',
      '  nightsweep simulate --mapping sim.csv   the same world, to play with',
      '  nightsweep doctor                       is my real organisation ready?',
      '  nightsweep sweep --dry-run              what would be closed there?',
    ];
    if (!out.quiet) out.print(next.join('\n'));
    out.object({ agreed, compared, problems, exitCode: agreed ? EXIT.ok : EXIT.incomplete, message });
    return agreed ? EXIT.ok : EXIT.incomplete;
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
    unlisten();
  }
}

/** Most closes show in the answer; some take a while, as on the real side, so that verifying is seen at work. */
function slowDownSome(simulator: Simulator): void {
  simulator.world
    .list()
    .filter((_, i) => i % 25 === 0)
    .forEach(({ id }) => {
      simulator.world.setCloseEffect(id, { kind: 'delayed', ms: 1_500 });
    });
}

/** Runs a command as if it had been typed, against the simulator and in an empty folder. */
function subProcess(context: Context, folder: string, url: string, stop: AbortSignal) {
  const { io, out } = context;
  return async (what: string, ...argv: string[]): Promise<ExitCode> => {
    const { main } = await import('../program.ts');
    const { SIMULATED_CLIENT } = await import('../../simulator/options.ts');
    const shown = argv.map((word) =>
      word.startsWith('/') ? join('data', word.split('/').at(-1) ?? '') : word,
    );
    if (!out.quiet) out.print(`\n${out.colors.bold(`# ${what}`)}\n$ nightsweep ${shown.join(' ')}`);
    const env: Record<string, string> = {
      GENESYS_API_URL: url,
      GENESYS_LOGIN_URL: url,
      GENESYS_CLIENT_ID: SIMULATED_CLIENT.clientId,
      GENESYS_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
      NIGHTSWEEP_RATE_PER_MINUTE: String(RATE),
      NIGHTSWEEP_DB: join(folder, 'nightsweep.db'),
    };
    for (const name of ['NO_COLOR', 'TERM']) {
      const value = io.env[name];
      if (value !== undefined) env[name] = value;
    }
    // Under --json the demo's own object is the only thing on stdout.
    const words = out.quiet ? [...argv, '--quiet'] : argv;
    const sub: Io = { ...io, argv: words, env, cwd: folder, stdout: out.json ? io.stderr : io.stdout };
    const exitCode = await main(sub);
    if (!stop.aborted) return exitCode;
    throw new ExpectedError('The demo was interrupted; nothing of it is left behind.', interruptExit(stop));
  };
}

async function compare(
  context: Context,
  folder: string,
  simulator: Simulator,
): Promise<{ compared: number; problems: string[] }> {
  const { disagreements } = await import('../../simulator/agreement.ts');
  const { openStore } = await import('../../store/store.ts');
  const store = openStore(join(folder, 'nightsweep.db'), { mode: 'read', now: context.io.clock.now() });
  try {
    const account = simulator.world.account();
    const record = account.map(({ id }) => {
      const { mapping, outcomes } = store.report.history(id);
      return {
        conversationId: id,
        mappingState: mapping?.state ?? null,
        outcomes: outcomes.filter(({ dryRun }) => !dryRun).map(({ outcome }) => outcome),
      };
    });
    return { compared: account.length, problems: disagreements(account, record) };
  } finally {
    store.close();
  }
}
