import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { loadConfig } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import { EXIT, type ExitCode, ExpectedError, UsageError } from '../domain/errors.ts';
import { createArgs } from './args.ts';
import { COMMON_OPTIONS, type Command, type Context } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import { epilogueOf, usageOf } from './help.ts';
import type { Io } from './io.ts';
import { createLog } from './log.ts';
import { createOutput } from './output.ts';

type Argv = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** What the arguments ask for. */
type Asked =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'command'; readonly command: Command; readonly argv: Argv };

/**
 * Runs one command. Expected errors become one sentence on stderr and their exit code; anything else is a bug and
 * exit code 1, with its stack under `--verbose`.
 */
export async function main(io: Io): Promise<ExitCode> {
  const verbose = io.argv.includes('--verbose');
  try {
    const asked = await parse(io);
    if (asked.kind === 'help') {
      io.stdout.write(`${asked.text}\n`);
      return EXIT.ok;
    }
    checkKnown(asked.command, asked.argv);
    return await asked.command.run(createContext(io, asked.argv));
  } catch (error) {
    return report(io, error, verbose);
  }
}

async function parse(io: Io): Promise<Asked> {
  let asked: { command: Command; argv: Argv } | null = null;
  let text = '';
  const parser = yargs()
    .scriptName('nightsweep')
    .usage('nightsweep closes abandoned Genesys Cloud web-messaging conversations.\n\nUsage: $0 <command>')
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .version(io.version)
    .help()
    .wrap(Math.min(80, io.stdout.columns ?? 80))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw (
        error ?? new UsageError(`${message.replace(/\s+/g, ' ').replace(/\.?$/, '.')} See nightsweep --help.`)
      );
    })
    .options(COMMON_OPTIONS)
    .group(Object.keys(COMMON_OPTIONS), 'Everywhere:')
    .epilogue('Every command has its own --help. Try everything without an account: nightsweep demo');

  const add = (on: ReturnType<typeof yargs>, command: Command, usage: string) =>
    on.command(
      usage,
      command.summary,
      (sub) => {
        for (const [name, describe] of Object.entries(command.positionals ?? {})) {
          sub.positional(name, { type: 'string', describe });
        }
        return sub.usage(usageOf(command)).options(command.options).epilogue(epilogueOf(command));
      },
      (argv) => {
        asked = { command, argv: argv as Argv };
      },
    );
  for (const command of COMMANDS) {
    const [group] = command.usage.split(' ');
    if (group === undefined || !(group in GROUPS)) add(parser, command, command.usage);
  }
  for (const [group, summary] of Object.entries(GROUPS)) {
    const members = COMMANDS.filter((command) => command.usage.startsWith(`${group} `));
    parser.command(
      group,
      summary,
      (sub) => {
        for (const command of members) add(sub, command, command.usage.slice(group.length + 1));
        return sub.usage(`Usage: $0 ${group} <command>`);
      },
      (argv) => {
        throw unknownCommand(
          argv._[1],
          members.map((m) => m.usage.split(' ')[1] ?? ''),
          group,
        );
      },
    );
  }

  const argv = (await parser.parse([...io.argv], {}, (_error, _argv, output) => {
    text = output;
  })) as Argv;
  if (asked !== null) return { kind: 'command', ...(asked as { command: Command; argv: Argv }) };
  if (text !== '') return { kind: 'help', text };
  if (argv._.length === 0) return { kind: 'help', text: await parser.getHelp() };
  throw unknownCommand(
    argv._[0],
    COMMANDS.map((command) => command.usage.split(' ')[0] ?? ''),
    null,
  );
}

function unknownCommand(given: unknown, names: readonly string[], group: string | null): UsageError {
  const within = group === null ? 'nightsweep' : `nightsweep ${group}`;
  if (given === undefined) {
    return new UsageError(`${within} needs one of ${[...new Set(names)].join(', ')}; see ${within} --help.`);
  }
  const meant = nearest(String(given), [...new Set(names)]);
  const hint = meant === null ? '' : ` did you mean ${meant}?`;
  return new UsageError(`${within} has no command ${JSON.stringify(given)};${hint} see ${within} --help.`);
}

/** The parser lets unknown flags and surplus words through; this names them, with the nearest known flag. */
function checkKnown(command: Command, argv: Argv): void {
  const words = command.usage.split(' ').filter((word) => /^\w/.test(word));
  const options = { ...COMMON_OPTIONS, ...command.options };
  const flags = Object.keys(options);
  const aliases = Object.values(options).flatMap((option) => option.alias ?? []);
  const known = new Set([...flags, ...aliases, ...Object.keys(command.positionals ?? {}), '_', '$0']);
  // `--no-x` arrives as x: false.
  for (const flag of flags) if (flag.startsWith('no-')) known.add(flag.slice(3));
  const name = `nightsweep ${words.join(' ')}`;
  for (const key of Object.keys(argv)) {
    if (known.has(key)) continue;
    const meant = nearest(key, flags);
    throw new UsageError(
      `${name} has no flag ${key.length === 1 ? '-' : '--'}${key};${meant === null ? '' : ` did you mean --${meant}?`} see ${name} --help.`,
    );
  }
  for (const [key, option] of Object.entries(options)) {
    if (option.type === 'boolean' && Array.isArray(argv[key])) {
      throw new UsageError(`--${key} is given twice; give it once.`);
    }
  }
  const surplus = argv._.slice(words.length);
  if (surplus.length > 0) {
    throw new UsageError(
      `${name} does not know what to do with ${JSON.stringify(surplus[0])}; see ${name} --help.`,
    );
  }
}

function createContext(io: Io, argv: Argv): Context {
  const args = createArgs(argv);
  const json = args.flag('json');
  const quiet = args.flag('quiet');
  const color = argv.color !== false;
  const surroundings = {
    env: io.env,
    cwd: io.cwd,
    readFile: (path: string) => readFileSync(path, 'utf8'),
  };
  let loaded: ReturnType<typeof loadConfig> | null = null;
  return {
    io,
    args,
    out: createOutput(io, { json, quiet, color }),
    log: createLog(io, { json, quiet, verbose: args.flag('verbose'), color }),
    surroundings,
    config: () => {
      loaded ??= loadConfig({ ...surroundings, flags: argv, configFile: args.text('config') ?? null });
      return loaded;
    },
  };
}

function report(io: Io, error: unknown, verbose: boolean): ExitCode {
  const expected = error instanceof ExpectedError;
  const exitCode = expected ? error.exitCode : EXIT.unexpected;
  const sentence = error instanceof Error ? error.message : String(error);
  if (io.argv.includes('--json')) {
    io.stdout.write(`${JSON.stringify({ exitCode, message: sentence })}\n`);
  }
  io.stderr.write(`nightsweep: ${expected ? sentence : `unexpected error: ${sentence}`}\n`);
  if (!expected) {
    io.stderr.write(
      verbose && error instanceof Error
        ? `${error.stack}\n`
        : 'This is a bug; run again with --verbose and report what it prints.\n',
    );
  }
  return exitCode;
}
