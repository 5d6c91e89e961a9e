import { type RandomStream, randomStream } from '../../src/simulator/random.ts';
import { type Card, type Chain, chains } from './deck.ts';
import type { Traits } from './world.ts';

export interface Dealt extends Card {
  /** It begins with what the one before has left, down to the write-ahead log: nobody writes in between. */
  readonly asLeft: boolean;
}

export interface WorldPlan {
  /** With the seed it is all that is needed to play this world again. */
  readonly index: number;
  readonly traits: Traits;
  /** How long after a PATCH the end shows, in ms; 0: in its answer. */
  readonly closeDelayMs: number;
  /** Whether there is a database to begin with. */
  readonly begun: boolean;
  readonly cards: readonly Dealt[];
}

const MIN_CARDS = 5;
/** Less than the time that a run waits for the end to show, whatever the machine takes for the way. */
const DELAYS_MS: readonly [number, ...number[]] = [150, 300, 450];

/** One world after the other, for ever. The same seed draws the same ones. */
export function* worlds(seed: number): Generator<WorldPlan, never> {
  const random = randomStream(seed, 1);
  let deck: Chain[] = [];
  for (let index = 1; ; index++) {
    const hand: Chain[] = [];
    while (hand.flatMap(({ cards }) => cards).length < MIN_CARDS) {
      if (deck.length === 0) deck = shuffled(chains(random), random);
      hand.push(deck.pop() as Chain);
    }
    yield worldOf(index, hand, random);
  }
}

function worldOf(index: number, hand: readonly Chain[], random: RandomStream): WorldPlan {
  const needs = (need: Chain['needs']) => hand.some((chain) => chain.needs === need);
  const survey = needs('survey') || random.chance(0.5);
  const contract = !needs('survey') && random.chance(0.3) ? 'gateway' : 'platform';
  const slow = needs('verification') || random.chance(0.3);
  return {
    index,
    traits: { contract, survey, concurrency: random.pick([1, 2, 4, 10]), stubborn: random.chance(0.3) },
    closeDelayMs: slow ? random.pick(DELAYS_MS) : 0,
    begun: !needs('no database'),
    // Before there is a database nothing else can happen.
    cards: [
      ...hand.filter((chain) => chain.needs === 'no database'),
      ...hand.filter((chain) => chain.needs !== 'no database'),
    ].flatMap(({ cards }) => cards.map((card, at) => ({ ...card, asLeft: at > 0 }))),
  };
}

/** The same in an order of its own. */
export function shuffled<T>(from: readonly T[], random: RandomStream): T[] {
  return from
    .map((one) => ({ one, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
}
