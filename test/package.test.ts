import { expect, it } from 'vitest';
import { contentProblems, wanted } from '../tools/package-contents.ts';

const needed = wanted(['src/cli/bin.ts']);
const problemsOf = (paths: readonly string[], text = '#!/usr/bin/env node\n', unpackedSize = 1) =>
  contentProblems(
    { filename: 'x.tgz', size: 1, unpackedSize, files: paths.map((path) => ({ path, size: 1 })) },
    needed,
    () => text,
  );

it('takes what is wanted', () => {
  expect(problemsOf([...needed, 'migrations/0001_first.sql', 'data/sample.csv', 'package.json'])).toEqual([]);
});

it.each(['test/package.test.ts', 'dist/cli/bin.js.map', '.env', 'data/nightsweep.db', 'docs/key.pem'])(
  'refuses %s',
  (path) => expect(problemsOf([...needed, path])).toEqual([`${path} should not be in it`]),
);

it('misses what is not there, and finds what is left over', () => {
  expect(problemsOf([...needed.slice(1), 'dist/cli/old.js'])).toEqual([
    'dist/cli/old.js has no source any more; remove dist and build again',
    'dist/cli/bin.js is missing',
  ]);
});

it('refuses a secret, a bin that no shell can start, and what is far too large', () => {
  expect(problemsOf(needed, 'GENESYS_CLIENT_SECRET=abcdefghijklmnop\n').at(0)).toContain('a secret');
  expect(problemsOf(needed, '')).toEqual(['the bin has no #! line']);
  expect(problemsOf(needed, undefined, 10 ** 8)[0]).toContain('more than');
});
