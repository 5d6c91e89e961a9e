import yargs from 'yargs';
import { nearest } from '../config/nearest.ts';
import { SETTINGS, variableOf } from '../config/settings.ts';
import { settingCalled } from '../config/suggest.ts';
import { ExpectedError, UsageError } from '../domain/errors.ts';
import { COMMON_OPTIONS, type Command, type Flag, type Flags } from './command.ts';
import { GROUPS, LOAD } from './commands/index.ts';

export type Argv = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** What the arguments ask for. `topic`: a command, the first word of several, or null for all. */
export type Asked =
  | { readonly kind: 'help'; readonly topic: Command | string | null }
  | { readonly kind: 'command'; readonly command: Command; readonly argv: Argv };

/**
 * Reads the words after `nightsweep`. The parser does the splitting; what it would let through is refused here. All is
 * hidden from it, since it would compose a help of its own as soon as it has found a command.
 * @throws UsageError that names the word, and the nearest known one
 */
export async function parseWords(words: readonly string[]): Promise<Asked> {
  refuseInherited(words);
  let asked: Asked | null = null;
  const parser = yargs()
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      // `--stale-after -1h` must not be read as -1 and -h.
      'short-option-groups': false,
    })
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      // Its own complaints are about what was typed; anything else is not its to explain.
      if (error instanceof Error && error.name !== 'YError') throw error;
      throw error instanceof ExpectedError ? error : new UsageError(`${message}; see nightsweep --help.`);
    })
    .options(parserOptions(COMMON_OPTIONS));

  const add = (on: ReturnType<typeof yargs>, name: string, load: () => Promise<Command>) =>
    on.command(
      lastWord(name),
      false,
      async (sub) => sub.options(parserOptions((await load()).options)),
      async (argv) => {
        const command = await load();
        asked =
          argv.help === true
            ? { kind: 'help', topic: command }
            : { kind: 'command', command, argv: argv as Argv };
      },
    );
  const commands = Object.entries(LOAD);
  for (const [name, load] of commands) if (!name.includes(' ')) add(parser, name, load);
  for (const group of Object.keys(GROUPS)) {
    const members = commands.filter(([name]) => name.startsWith(`${group} `));
    parser.command(
      group,
      false,
      (sub) => {
        for (const [name, load] of members) add(sub, name, load);
        return sub;
      },
      (argv) => {
        const names = members.map(([name]) => lastWord(name));
        if (argv.help !== true) throw noCommand(argv._[1], names, group);
        asked = { kind: 'help', topic: group };
      },
    );
  }

  const argv = (await parser.parse([...words])) as Argv;
  const found = asked as Asked | null;
  if (found === null) {
    if (argv.help === true || words.length === 0) return { kind: 'help', topic: null };
    throw noCommand(
      argv._[0],
      commands.map(([name]) => firstWord(name)),
      null,
    );
  }
  if (found.kind === 'help') return found;
  const { command } = found;
  const name = nameOf(command);
  const see = `; see nightsweep ${name} --help.`;
  checkFlags(command, found.argv, words, see);
  return { kind: 'command', command, argv: { ...found.argv, ...positionals(command, found.argv, see) } };
}

const firstWord = (name: string) => name.split(' ')[0] ?? '';
const lastWord = (name: string) => name.split(' ').at(-1) ?? '';
const nameOf = (command: Command) =>
  command.usage
    .split(' ')
    .filter((word) => /^\w/.test(word))
    .join(' ');

function parserOptions(
  flags: Flags,
): Record<string, { type: 'string' | 'boolean'; hidden: true; alias?: string }> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { value, alias }]) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        hidden: true,
        ...(alias !== undefined && { alias }),
      },
    ]),
  );
}

function noCommand(given: unknown, names: readonly string[], group: string | null): UsageError {
  const within = group === null ? 'nightsweep' : `nightsweep ${group}`;
  const known = [...new Set(names)];
  if (given === undefined) {
    return new UsageError(`${within} needs a command, one of ${known.join(', ')}; see ${within} --help.`);
  }
  const called = group === null ? String(given) : `${group} ${given}`;
  return new UsageError(
    `There is no command ${JSON.stringify(called)}${didYouMean(String(given), known)}; see ${within} --help.`,
  );
}

/** What the flag may have been meant for: one of these, or a setting that has no flag here. */
function advice(given: string, flags: Flags): string {
  const key = settingCalled(given);
  const isHere = key !== null && Object.keys(flags).some((name) => `--${name}` === SETTINGS[key].flag);
  if (key === null || isHere) return didYouMean(given, Object.keys(flags), '--');
  return `; ${key} is a setting: give it in nightsweep.yaml or as ${variableOf(key)}`;
}

function didYouMean(given: string, known: readonly string[], prefix = ''): string {
  const meant = nearest(given, known);
  return meant === null ? '' : ` (did you mean ${prefix}${meant}?)`;
}

/** The words after those of the command by name; the parser would take `-` for an unfinished flag. */
function positionals(command: Command, argv: Argv, see: string): Record<string, string | string[]> {
  const name = nameOf(command);
  const given = argv._.slice(name.split(' ').length).map(String);
  const found: Record<string, string | string[]> = {};
  for (const [, bracket, wanted = '', dots] of command.usage.matchAll(/([<[])(\w+)(\.\.)?/g)) {
    const taken = given.splice(0, dots === undefined ? 1 : given.length);
    const [first] = taken;
    if (bracket === '<' && (first ?? '') === '') {
      throw new UsageError(`${name} needs ${command.positionals?.[wanted] ?? wanted}${see}`);
    }
    if (first !== undefined) found[wanted] = dots === undefined ? first : taken;
  }
  const [surplus] = given;
  if (surplus !== undefined) {
    throw new UsageError(`${name} does not know what to do with ${JSON.stringify(surplus)}${see}`);
  }
  return found;
}

/**
 * A switch that is given a value (`--dry-run=maybe`, `--dry-run false`) would silently be off, and a dry run real; a
 * negation nobody documented likewise.
 */
function checkFlags(command: Command, argv: Argv, words: readonly string[], see: string): void {
  const name = nameOf(command);
  const flags: Flags = { ...COMMON_OPTIONS, ...command.options };
  const counts = new Map<string, number>();
  for (const flag of flagsIn(words, flags)) {
    const known = Object.hasOwn(flags, flag) ? flags[flag] : undefined;
    if (known === undefined) {
      const dashes = flag.length === 1 ? '-' : '--';
      throw new UsageError(`${name} has no flag ${dashes}${flag}${advice(flag, flags)}${see}`);
    }
    counts.set(flag, (counts.get(flag) ?? 0) + 1);
    if (known.many !== true && (counts.get(flag) ?? 0) > 1) {
      throw new UsageError(`--${flag} is given twice; give it once.`);
    }
    if (known.value !== undefined) continue;
    const on = flag.startsWith('no-') ? argv[flag.slice(3)] === false : argv[flag] === true;
    if (!on) throw new UsageError(`--${flag} takes no value; leave it out to switch it off.`);
  }
  for (const flag of counts.keys()) {
    const known = flags[flag];
    if (known?.value === undefined) continue;
    if ([argv[flag]].flat().every((value) => String(value).trim() !== '')) continue;
    throw new UsageError(`--${flag} has no value; ${oneFor(flag, known, command)}.`);
  }
}

/** What to give where a flag has no value: as the examples of the command have it, or one of its kind. */
function oneFor(flag: string, { value = '', choices, describe }: Flag, { examples }: Command): string {
  if (choices !== undefined) return `give ${choices.join(', ')}`;
  const inExample = new RegExp(`--${flag} ("[^"]+"|\\S+)`);
  const shown = examples.map(([typed]) => inExample.exec(typed)?.[1]).find((one) => one !== undefined);
  const example = shown ?? EXAMPLES[value];
  return example === undefined ? `give ${value}: ${describe}` : `give one, such as --${flag} ${example}`;
}

/** By what stands for the value. */
const EXAMPLES: Readonly<Record<string, string>> = {
  ...{ N: '20', MS: '100', DURATION: '2h', WHEN: '7d' },
  ...{ HOST: '127.0.0.1', ZONE: 'Europe/Berlin' },
};

/** The names of the flags as they were typed, one-letter ones by their long name. */
function flagsIn(words: readonly string[], flags: Flags): string[] {
  const long = (letter: string) =>
    Object.entries(flags).find(([, { alias }]) => alias === letter)?.[0] ?? letter;
  return flagWords(words).flatMap(({ dashes, name }) =>
    dashes === '--' || name === '' ? [name] : [...name].map(long),
  );
}

/**
 * Every word before `--` that begins with a dash, also where the parser would see no flag in it: `---dry-run` must
 * not make a real run.
 */
function flagWords(words: readonly string[]): { dashes: string; name: string }[] {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).flatMap((word) => {
    const [, dashes, name = ''] = /^(--?)([^=]*)/.exec(word) ?? [];
    return dashes === undefined || word === '-' ? [] : [{ dashes, name }];
  });
}

/** The parser looks names up in plain objects and stumbles over what those inherit, such as `--toString`. */
function refuseInherited(words: readonly string[]): void {
  const found = flagWords(words).find(({ name }) => name.replace(/^no-/, '') in {});
  if (found !== undefined) {
    throw new UsageError(`There is no flag ${found.dashes}${found.name}; see nightsweep --help.`);
  }
}
