import { defineConfig } from 'vitest/config';
import { BREAKING } from './vitest.config.ts';

/**
 * `npm run test:crash`: kills the built program over and over, breaks its disk, and lets others at its database. Apart from
 * `npm test`, because it takes minutes.
 */
export default defineConfig({
  test: {
    name: 'crash',
    include: ['test/crash/**/*.test.ts', ...BREAKING],
    globalSetup: 'test/helpers/build.ts',
    // Native add-ons are not safe in worker threads.
    pool: 'forks',
    expect: { requireAssertions: true },
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
  },
});
