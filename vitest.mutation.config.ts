import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The quick ones first, and before them those that failed for the last mutant: few get as far as the slow ones. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files
      .map((file) => ({ file, cost: this.#cost(file) }))
      .sort((a, b) => a.cost - b.cost)
      .map(({ file }) => file);
  }

  #cost({ project, moduleId }: TestSpecification): number {
    const last = this.ctx.cache.getFileTestResults(
      `${project.name}:${relative(this.ctx.config.root, moduleId)}`,
    );
    return last?.failed ? 0 : (last?.duration ?? Number.POSITIVE_INFINITY);
  }
}

/** The tests of what decides and what drives, in seconds: without sockets or real time. */
export default defineConfig({
  test: {
    include: ['test/{domain,night,schedule,sweep}/**/*.test.ts'],
    // It compares with real sockets.
    exclude: ['test/sweep/wire.test.ts'],
    provide: { wire: 'memory' },
    // One worker for all files, which do not disturb each other: most of their time would go into imports.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 20_000,
    restoreMocks: true,
    expect: { requireAssertions: true },
  },
});
