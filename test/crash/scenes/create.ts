import type { SetScene } from './scene.ts';

/** The first command of all makes the database: there is none afterwards, or an empty one, or a whole one. */
export const create: SetScene = () => ({
  argv: ['db', 'migrate'],
  check: () => [],
  // Whoever imports next makes what is missing.
  makeGood: async () => [],
});
