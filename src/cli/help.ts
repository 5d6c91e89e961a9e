import { EXIT, type ExitCode } from '../domain/errors.ts';
import { COMMON_OPTIONS, type Command, EXIT_MEANING, type Flags } from './command.ts';
import { GROUPS } from './commands/index.ts';
import { columns, hang } from './render/hang.ts';

/** `--help` in 80 columns: examples first, exit codes last. */
export async function helpOn(topic: Command | string | null): Promise<string> {
  if (topic !== null && typeof topic !== 'string') return helpOnCommand(topic);
  const { COMMANDS } = await import('./commands/all.ts');
  return topic === null ? helpOnAll(COMMANDS) : helpOnGroup(topic, COMMANDS);
}

function helpOnCommand(command: Command): string {
  const codes = new Set<ExitCode>([EXIT.ok, EXIT.unexpected, EXIT.usage, ...command.exits]);
  return page(
    section('Examples', command.examples.flatMap(example)),
    `Usage: nightsweep ${command.usage} [options]\n\n${hang(command.summary, 0)}`,
    section('Arguments', columns(Object.entries(command.positionals ?? {}), 2)),
    section('Options', flagLines(command.options)),
    section('Everywhere', flagLines(COMMON_OPTIONS)),
    exitCodes([...codes]),
  );
}

function helpOnGroup(group: string, commands: readonly Command[]): string {
  const members = commands.filter(({ usage }) => usage.startsWith(`${group} `));
  return page(
    section(
      'Examples',
      members.flatMap(({ examples }) => examples.slice(0, 1).flatMap(example)),
    ),
    `Usage: nightsweep ${group} <command> [options]\n\n${GROUPS[group] ?? ''}`,
    section('Commands', commandLines(members)),
    'Each has its own --help.',
    exitCodes([EXIT.ok, EXIT.unexpected, EXIT.usage, ...members.flatMap(({ exits }) => exits)]),
  );
}

function helpOnAll(commands: readonly Command[]): string {
  return page(
    section(
      'Examples',
      [
        ['nightsweep demo', 'the whole job on a simulated Genesys Cloud; needs no account'] as const,
        ['nightsweep doctor', 'is everything ready for the first night?'] as const,
        ['nightsweep sweep --dry-run', 'what would be closed?'] as const,
      ].flatMap(example),
    ),
    'Usage: nightsweep <command> [options]\n\nCloses abandoned Genesys Cloud web-messaging conversations, safely.',
    section('Commands', commandLines(commands)),
    'Each has its own --help; --version tells the version.',
    section('Everywhere', flagLines(COMMON_OPTIONS)),
    exitCodes(Object.values(EXIT)),
  );
}

function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines].join('\n');
}

function example([line, what]: readonly [string, string]): string[] {
  return [`  ${line}`, `      ${what}`];
}

function commandLines(commands: readonly Command[]): string[] {
  return columns(
    commands.map(({ usage, summary }) => [usage, summary]),
    2,
  );
}

function flagLines(flags: Flags): string[] {
  const rows = Object.entries(flags).map(([name, { alias, value, describe }]) => {
    const short = alias === undefined ? '    ' : `-${alias}, `;
    return [`${short}--${name}${value === undefined ? '' : ` ${value}`}`, describe] as const;
  });
  return columns(rows, 2);
}

function exitCodes(codes: readonly ExitCode[]): string {
  const rows = [...new Set(codes)]
    .sort((a, b) => a - b)
    .map((code) => [String(code).padStart(3), EXIT_MEANING[code]] as const);
  return section('Exit codes', columns(rows, 2));
}
