import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';

const asked = process.env.NIGHTSWEEP_TEST_PROMTOOL;
const MISSING =
  'promtool is missing: apt-get install prometheus, or name it in NIGHTSWEEP_TEST_PROMTOOL, or be content with the other tests';
const found = find();

/** By NIGHTSWEEP_TEST_PROMTOOL, or on the PATH. */
function find(): string | null {
  const named = asked !== undefined && asked !== 'required' ? [asked] : [];
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'promtool'));
  return [...named, ...onPath].find((path) => existsSync(path)) ?? null;
}

/** To be called at the top of a file of tests. Runs promtool; skips the test where there is none. */
export function aPromtool() {
  it('there is a promtool where NIGHTSWEEP_TEST_PROMTOOL says so', () => {
    expect(found !== null || (asked ?? '') === '', MISSING).toBe(true);
  });
  return (test: TestContext, args: readonly string[], input = '') => {
    test.skip(found === null, MISSING);
    const { status, stdout, stderr } = spawnSync(found ?? '', args, { input, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
}
