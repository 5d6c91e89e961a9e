import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { aPlace } from './place.ts';

const BIN = join(import.meta.dirname, '../../dist/cli/bin.js');

/** Runs a line of shell in which $nightsweep is the built program. */
async function shell(line: string) {
  const place = await aPlace();
  const env = { ...place.env, nightsweep: `${process.execPath} ${BIN}` };
  return promisify(execFile)('bash', ['-c', line], { cwd: place.dir, env }).catch((error) => error);
}

describe('output', () => {
  it('into a pipe is plain text in 80 columns', async () => {
    const place = await aPlace();
    // What the commands print: commands.test.ts.
    for (const argv of [['--help'], ['sweep', '--help']]) {
      const { stdout } = await place.run(...argv);
      expect(JSON.stringify(stdout)).not.toContain('\\u001b');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('to somebody who has read enough ends without a word', async () => {
    const { stdout, stderr } = await shell(`set -o pipefail; $nightsweep config | head -n 1`);
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^setting .*from\n$/), stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('that cannot be written is no success', async () => {
    const { code, stderr } = await shell('$nightsweep config > /dev/full');
    expect(code).toBe(1);
    expect(stderr).toBe('nightsweep: the output could not be written (ENOSPC).\n');
  });

  it('--version is the version and nothing else', async () => {
    const place = await aPlace();
    expect(await place.run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
