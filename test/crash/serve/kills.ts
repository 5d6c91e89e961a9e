import type { RandomStream } from '../../../src/simulator/random.ts';
import { type Kill, nameOf } from '../kill.ts';
import { shuffled } from '../plan.ts';

/** The name of every place where `serve` is killed, once they have all been dealt. */
export function everyKill(random: RandomStream): { names: ReadonlySet<string>; count: number } {
  const kills = deck(random);
  return { names: new Set(kills.map(nameOf)), count: kills.length };
}

/** One kill after the other, for ever: all of them once, in an order of their own, and again. */
export function* killsOfServe(random: RandomStream): Generator<Kill, never> {
  for (;;) yield* shuffled(deck(random), random);
}

function deck(random: RandomStream): Kill[] {
  const trap = (step: string, most = 1): Kill => ({ by: 'trap', step, nth: random.int(1, most) });
  const close = (carriedOut: boolean): Kill => ({
    ...{ by: 'simulator', route: 'close', carriedOut },
    nth: random.int(1, 3),
  });
  const anywhere = (): Kill => ({ by: 'clock', share: 0.25 + 0.75 * random.next() });
  return [
    trap('event: before commit', 3),
    trap('event: after commit', 3),
    trap('requests: after commit', 2),
    trap('mappings: after commit', 2),
    trap('intent: after commit', 3),
    close(false),
    close(true),
    trap('outcome: before commit', 3),
    trap('outcome: after commit', 3),
    trap('event settled: before commit', 2),
    anywhere(),
    anywhere(),
  ];
}
