import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The tests of src/domain and src/sweep, in seconds: without sockets, real time or a disk. */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts', 'test/sweep/**/*.test.ts'],
    provide: { wire: 'memory' },
    env: existsSync('/dev/shm') ? { TMPDIR: '/dev/shm' } : {},
    testTimeout: 60_000,
    restoreMocks: true,
    expect: { requireAssertions: true },
  },
});
