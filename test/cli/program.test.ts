import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';
import { createIo, runMain, sink } from './running.ts';

function emptyFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Bugs, each of another part of the world around. */
const BROKEN: readonly (readonly [what: string, argv: readonly string[], changes: Partial<Io>])[] = [
  [
    'a stdout that throws',
    ['config'],
    {
      stdout: Object.assign(new Writable(), {
        write: () => {
          throw new TypeError('it is broken');
        },
      }),
    },
  ],
  [
    'a clock that throws',
    ['db', 'migrate'],
    {
      clock: {
        now: () => {
          throw new TypeError('it is broken');
        },
        sleep: async () => {},
      },
    },
  ],
];

describe('a bug', () => {
  it.each(BROKEN)('such as %s exits 1 and says how to find out more', async (_what, argv, changes) => {
    const { code, stderr } = await runMain(argv, { cwd: emptyFolder(), ...changes });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'nightsweep: unexpected error: it is broken\n' +
        'This is a bug; run again with --verbose and report what it prints.\n',
    );
  });

  it.each(BROKEN)('such as %s shows its stack with --verbose', async (_what, argv, changes) => {
    const { code, stderr } = await runMain([...argv, '--verbose'], { cwd: emptyFolder(), ...changes });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nightsweep: unexpected error: it is broken\nTypeError: it is broken\n\s+at /);
  });

  it('is one JSON object with --json', async () => {
    const { code, stdout } = await runMain(['db', 'migrate', '--json'], {
      cwd: emptyFolder(),
      ...BROKEN[1]?.[2],
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ exitCode: 1, message: 'it is broken' });
  });

  it('of stdout itself does not hide behind a second one', async () => {
    const { code, stderr } = await runMain(['config', '--json'], { cwd: emptyFolder(), ...BROKEN[0]?.[2] });
    expect(code).toBe(1);
    expect(stderr).toContain('it is broken');
  });
});

describe('colour', () => {
  it.each([
    ['on a terminal', {}, [], true],
    ['never with NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['never with --no-color', {}, ['--no-color'], false],
    ['never on a dumb terminal', { TERM: 'dumb' }, [], false],
  ] as const)('%s', async (_when, env, flags, colored) => {
    const io = createIo(['config', ...flags], { cwd: emptyFolder(), env, stdout: sink(80) });
    expect(await main(io)).toBe(0);
    expect(JSON.stringify(io.stdout.text).includes('\\u001b[')).toBe(colored);
  });

  it('never into a pipe', async () => {
    const { stdout } = await runMain(['config'], { cwd: emptyFolder() });
    expect(JSON.stringify(stdout)).not.toContain('\\u001b');
  });
});
