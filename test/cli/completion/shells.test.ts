import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMON_OPTIONS } from '../../../src/cli/command.ts';
import { COMMANDS } from '../../../src/cli/commands/all.ts';
import { GROUPS } from '../../../src/cli/commands/index.ts';
import { runMain } from '../running.ts';
import { hasProgram, offered, SHELLS, scriptFor, tabbed } from './shells.ts';

/** What is typed, and the one thing that can follow; null: nothing. A file tonight.csv is in the folder. */
const CASES: Readonly<Record<string, string | null>> = {
  'nightsweep simu': 'simulate',
  'nightsweep --db other.db simu': 'simulate',
  'nightsweep --quiet import cl': 'closes',
  'nightsweep import --db close cl': 'closes',
  'nightsweep sweep --dry': '--dry-run',
  'nightsweep sweep --dry-run --no-su': '--no-survey',
  'nightsweep db prune --ke': '--keep',
  'nightsweep report --by re': 'reason',
  'nightsweep report --since 7d --format mar': 'markdown',
  'nightsweep sweep --api g': 'gateway',
  'nightsweep completion z': 'zsh',
  'nightsweep sweep --out ton': 'tonight.csv',
  'nightsweep --config ton': 'tonight.csv',
  'nightsweep import mapping ton': 'tonight.csv',
  'nightsweep import mapping --dry-run ton': 'tonight.csv',
  'nightsweep close ton': null,
  'nightsweep sweep --limit ton': null,
  'nightsweep sweep --keep': null,
  'nightsweep nothing --dry': null,
};
const LINES = Object.keys(CASES);

const wordsOf = (usage: string) => usage.split(' ').filter((word) => /^\w/.test(word));
const typedBefore = (line: string) => line.slice(0, line.lastIndexOf(' ') + 1);

describe.each(['bash', 'fish'] as const)('completion in %s', (shell) => {
  it.runIf(hasProgram(shell))('offers what can follow, and nothing else', async () => {
    const expected = Object.entries(CASES).map(([line, word]) => [line, word === null ? [] : [word]]);
    expect(await offered(shell, LINES)).toEqual(Object.fromEntries(expected));
  });

  it.runIf(hasProgram(shell))('knows every command and each of its flags', async () => {
    const expected: Record<string, string[]> = { 'nightsweep ': [] };
    for (const { usage, options } of COMMANDS) {
      const words = wordsOf(usage);
      const flags = Object.keys({ ...COMMON_OPTIONS, ...options }).map((name) => `--${name}`);
      expected[`nightsweep ${words.join(' ')} --`] = flags.sort();
      const [first = '', second] = words;
      expected['nightsweep ']?.push(first);
      const group = `nightsweep ${first} `;
      if (second !== undefined) expected[group] = [...(expected[group] ?? []), second];
    }
    const found = await offered(shell, Object.keys(expected));
    expect(Object.keys(GROUPS).length).toBeGreaterThan(1);
    for (const [line, words] of Object.entries(expected))
      expect([line, [...(found[line] ?? [])].sort()]).toEqual([line, [...new Set(words)].sort()]);
  });
});

it.runIf(hasProgram('bash'))('bash completes a value after an equals sign', async () => {
  const found = await offered('bash', ['nightsweep report --format=mar', 'nightsweep report --format=']);
  expect(Object.values(found)).toEqual([
    ['markdown'],
    ['table', 'json', 'ndjson', 'csv', 'markdown', 'html'],
  ]);
});

it.runIf(hasProgram('fish'))('fish completes a value after an equals sign', async () => {
  const line = 'nightsweep report --format=mar';
  expect(await offered('fish', [line])).toEqual({ [line]: ['--format=markdown'] });
});

describe('completion in zsh', () => {
  it.runIf(hasProgram('zsh'))('offers what can follow, and nothing else', async () => {
    const { lines } = await tabbed(LINES);
    for (const [line, word] of Object.entries(CASES)) {
      expect(lines[line]?.replace(/[ =]$/, '')).toBe(word === null ? line : typedBefore(line) + word);
    }
  });

  it.runIf(hasProgram('zsh'))('completes a value after an equals sign', async () => {
    const line = 'nightsweep report --format=mar';
    expect((await tabbed([line])).lines[line]?.trim()).toBe('nightsweep report --format=markdown');
  });

  it.runIf(hasProgram('zsh'))('shows descriptions as they are, with brackets and quotes', async () => {
    const { screen } = await tabbed(['nightsweep import ', 'nightsweep import mapping --d']);
    expect(screen).toContain('conversation_id[,reason][,');
    expect(screen).toContain("auto, tab, or ',' ';' '|' (auto)");
  });

  it.runIf(hasProgram('zsh'))('reads the specification of every command without a complaint', async () => {
    const lines = COMMANDS.map(({ usage }) => `nightsweep ${wordsOf(usage).join(' ')} --he`);
    const { lines: after, screen } = await tabbed(lines);
    expect(screen).not.toMatch(/invalid|command not found|parse error/);
    for (const line of lines) expect(after[line]).toBe(`${line}lp `);
  });
});

it.runIf(hasProgram('shellcheck'))('shellcheck finds nothing in the script for bash', async () => {
  const checked = spawnSync('shellcheck', ['-'], { input: await scriptFor('bash'), encoding: 'utf8' });
  expect(checked).toMatchObject({ status: 0, stdout: '' });
});

it.each(SHELLS)('completion %s says the same as an object', async (shell) => {
  const { stdout } = await runMain(['completion', shell, '--json']);
  expect(JSON.parse(stdout)).toEqual({ shell, script: await scriptFor(shell), exitCode: 0 });
});
