import { describe, it } from 'vitest';
import { randomStream } from '../../src/simulator/random.ts';
import { killAndResume } from './kill.ts';

const SEED = 20_261_123;

/** Token, twelve reads and eight closes: one sweep has at least so many requests. */
const REQUESTS = 21;

const draws = Array.from({ length: 4 }, (_, i) => {
  const random = randomStream(SEED, i);
  return { request: random.int(2, REQUESTS), carriedOut: random.chance(0.5), slow: random.chance(0.5) };
});

describe('a sweep that is killed at a random request', () => {
  it.each(draws)(
    'number $request (carried out: $carriedOut, slow to end: $slow) loses nothing',
    async (draw) => {
      let seen = 0;
      await killAndResume({
        at: () => ++seen === draw.request,
        carriedOut: draw.carriedOut,
        options: draw.slow ? { closeEffect: { kind: 'delayed', ms: 200 } } : {},
      });
    },
  );
});
