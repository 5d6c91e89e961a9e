import type { SetScene } from './scene.ts';

/** A night. The next one makes it good. */
export const sweep: SetScene = (world) => {
  world.refill();
  return { argv: ['sweep'], check: () => [], makeGood: async () => [] };
};
