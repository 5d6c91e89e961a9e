import { describe, expect, it } from 'vitest';
import { COMMON_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/all.ts';
import { GROUPS, LOAD } from '../../src/cli/commands/index.ts';
import { runMain } from './running.ts';

const WIDTH = 80;

async function helpOn(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain([...words, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const wordsOf = (usage: string) => usage.split(' ').filter((word) => /^\w/.test(word));

describe('--help', () => {
  const topics = [
    [],
    ...Object.keys(GROUPS).map((group) => [group]),
    ...COMMANDS.map((c) => wordsOf(c.usage)),
  ];

  it.each(topics.map((words) => [words.join(' ')]))(
    'of nightsweep %s starts with examples and ends with the exit codes',
    async (words) => {
      const lines = (await helpOn(...words.split(' ').filter(Boolean))).trimEnd().split('\n');
      expect(lines[0]).toBe('Examples:');
      expect(lines[1]).toMatch(/^ {2}\S.*nightsweep|^ {2}nightsweep/);
      const codes = lines.slice(lines.indexOf('Exit codes:') + 1);
      expect(codes.length).toBeGreaterThanOrEqual(3);
      for (const line of codes) expect(line).toMatch(/^ {2}[ \d]{2}\d {2}\S/);
      expect(
        lines.filter((line) => line.length > WIDTH),
        'fits the width',
      ).toEqual([]);
    },
  );

  it.each(COMMANDS.map((command) => [command.usage, command] as const))(
    'of %s lists every flag and argument',
    async (usage, command) => {
      const help = await helpOn(...wordsOf(usage));
      for (const [name, { value, alias }] of Object.entries({ ...COMMON_OPTIONS, ...command.options })) {
        const short = alias === undefined ? '' : `-${alias}, `;
        expect(help).toContain(` ${short}--${name}${value === undefined ? ' ' : ` ${value} `}`);
      }
      for (const name of Object.keys(command.positionals ?? {}))
        expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      expect(help).toContain(`Usage: nightsweep ${usage} [options]`);
    },
  );

  it('is of the command that is called by its name', () => {
    expect(Object.keys(LOAD)).toEqual(COMMANDS.map(({ usage }) => wordsOf(usage).join(' ')));
  });

  it('lists every command', async () => {
    const help = await helpOn();
    for (const { usage } of COMMANDS) expect(help).toContain(`\n  ${usage} `);
  });

  it('examples use flags and commands that exist', () => {
    for (const { usage, options, examples } of COMMANDS) {
      for (const [line] of examples) {
        const used = [...line.matchAll(/ --([\w-]+)/g)].map(([, flag = '']) => flag);
        expect(Object.keys({ ...COMMON_OPTIONS, ...options })).toEqual(expect.arrayContaining(used));
        expect(line).toContain(`nightsweep ${wordsOf(usage).join(' ')}`);
      }
    }
  });
});
