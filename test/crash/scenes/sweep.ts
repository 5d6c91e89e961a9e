import { refill } from '../nights.ts';
import type { SetScene } from './scene.ts';

/** A night. The next one makes it good. */
export const sweep: SetScene = (world, asLeft) => {
  if (!asLeft) refill(world);
  return { argv: ['sweep'], check: () => [], makeGood: async () => [] };
};
