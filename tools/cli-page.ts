import { COMMON_OPTIONS, type Command, EXIT_MEANING, type Flag, type Flags } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands/all.ts';
import { settingsMarkdown, variablesMarkdown } from '../src/config/describe.ts';
import { SETTING_KEYS, SETTINGS, variableOf } from '../src/config/settings.ts';
import { EXIT, type ExitCode } from '../src/domain/errors.ts';

/** The page of all commands, flags, settings and variables, from the tables that the program itself goes by. */
export function cliPage(): string {
  return `${[
    '# Command line',
    '<!-- Made by `npm run docs` from the tables of commands and settings; edit those. -->',
    'Each command shows the same as `--help`. Results go to stdout, narration to stderr; `--json` prints one object on\nstdout ([json.md](json.md)). `nightsweep --version` tells the version.',
    contents(),
    '## Everywhere',
    flagTable(COMMON_OPTIONS),
    ...COMMANDS.map(section),
    '## Settings',
    'Defaults are overridden by `nightsweep.yaml`, that by the environment, and that by flags. `nightsweep config` shows the\nsettings in force and where each comes from.',
    settingsMarkdown().trim(),
    '## Variables',
    'Also read from `.env` in the working directory. A secret is never a flag and never a setting in a file of settings.',
    variablesMarkdown().trim(),
    '`GENESYSCLOUD_OAUTHCLIENT_ID`, `GENESYSCLOUD_OAUTHCLIENT_SECRET` and `GENESYSCLOUD_REGION`, the names of Genesys’s own\ntools, are understood where ours are not set; `NO_COLOR` as everywhere.',
    '## Exit codes',
    exitTable(Object.values(EXIT)),
  ].join('\n\n')}\n`;
}

function contents(): string {
  const rows = COMMANDS.map(
    (command) => `| [\`${command.usage}\`](#${anchorOf(nameOf(command))}) | ${cell(command.summary)} |`,
  );
  return ['| command | does |', '| --- | --- |', ...rows].join('\n');
}

function section(command: Command): string {
  const { usage, summary, examples, positionals = {}, options, exits } = command;
  const lines = examples.map(([line, what]) => `# ${what}\n${line}`);
  return [
    `## ${nameOf(command)}`,
    summary,
    `\`\`\`\nnightsweep ${usage} [options]\n\`\`\``,
    `\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
    ...(Object.keys(positionals).length > 0 ? [argumentList(positionals)] : []),
    ...(Object.keys(options).length > 0 ? [flagTable(options)] : []),
    exitLine(exits),
  ].join('\n\n');
}

function argumentList(positionals: Readonly<Record<string, string>>): string {
  return Object.entries(positionals)
    .map(([name, what]) => `- \`${name}\`: ${what}`)
    .join('\n');
}

function flagTable(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => [
    spelling(name, flag),
    cell(flag.describe) + repeated(flag),
    settingOf(name),
  ]);
  const head = ['flag', 'what it does', 'setting, variable'];
  // Most commands have no flag that stands for a setting.
  const width = rows.some(([, , setting]) => setting !== '') ? 3 : 2;
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.slice(0, width).join(' | ')} |`)
    .join('\n');
}

function spelling(name: string, { alias, value }: Flag): string {
  const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``;
  return alias === undefined ? long : `\`-${alias}\`, ${long}`;
}

function repeated({ many, describe }: Flag): string {
  return many === true && !describe.includes('repeat') ? '; may be repeated' : '';
}

/** What the flag overrides, where it stands for a setting. */
function settingOf(flag: string): string {
  const key = SETTING_KEYS.find((one) => SETTINGS[one].flag === `--${flag}`);
  return key === undefined ? '' : `[\`${key}\`](#settings), \`${variableOf(key)}\``;
}

function exitLine(exits: readonly ExitCode[]): string {
  const codes = [...new Set<ExitCode>([EXIT.ok, EXIT.unexpected, EXIT.usage, ...exits])].sort(
    (a, b) => a - b,
  );
  return `[Exit codes](#exit-codes): ${codes.join(', ')}.`;
}

function exitTable(codes: readonly ExitCode[]): string {
  const rows = [...codes].sort((a, b) => a - b).map((code) => `| ${code} | ${EXIT_MEANING[code]} |`);
  return ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
}

function nameOf({ usage }: Command): string {
  return usage
    .split(' ')
    .filter((word) => /^\w/.test(word))
    .join(' ');
}

/** As code hosts make it of a heading. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

/** Text in a cell of a table: a bar would end it, and pointed brackets would be markup. */
const cell = (text: string) => text.replaceAll('|', '\\|').replace(/<(?=\w)/g, '&lt;');
