import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** So many children that they run with those that are killed, and not with every `npm test`. */
export const BREAKING = ['test/e2e/disk-*.test.ts', 'test/e2e/two-at-once.test.ts'];

export default defineConfig({
  test: {
    // Native add-ons are not safe in worker threads.
    pool: 'forks',
    // Many of them wait for a child or for time to pass.
    maxWorkers: Math.max(3, availableParallelism()),
    // No module of ours holds state, so that a worker need not load all of them again for each file of tests.
    isolate: false,
    restoreMocks: true,
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/e2e/**', 'test/crash/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/{browser,e2e}/**/*.test.ts'],
          exclude: BREAKING,
          // As for the children: the zone of reports and schedules is that of the process.
          env: { TZ: 'UTC' },
          globalSetup: 'test/helpers/build.ts',
        },
      },
    ],
  },
});
