import { type RandomStream, randomStream } from '../../src/simulator/random.ts';
import { type Kill, nameOf } from './kill.ts';
import type { SceneName } from './scenes.ts';
import type { Traits } from './world.ts';

/** One kill: what is running, and where it dies. */
export interface Card {
  readonly scene: SceneName;
  readonly kill: Kill;
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
  readonly cards: readonly Card[];
}

/** Kills that belong together: each finds what the one before has left behind. */
interface Chain {
  readonly cards: readonly Omit<Card, 'asLeft'>[];
  /** What the world must be like, or it will not come to these steps. */
  readonly needs?: 'survey' | 'verification' | 'no database';
}

const MIN_CARDS = 5;
/** Less than the time that a run waits for the end to show, whatever the machine takes for the way. */
const DELAYS_MS: readonly [number, ...number[]] = [150, 300, 450];
/** Longer than copying takes here, so that some are late. */
const COPY_MS = 12;

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

/** The name of every place where the program is killed, once they have all been dealt. */
export function everyPlace(): { names: ReadonlySet<string>; cards: number } {
  const cards = chains(randomStream(0)).flatMap((chain) => chain.cards);
  return { names: new Set(cards.map(({ kill }) => nameOf(kill))), cards: cards.length };
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

function chains(random: RandomStream): Chain[] {
  const closing = (): SceneName => random.pick(['sweep', 'sweep', 'sweep', 'close', 'importClosesNow']);
  const asking = (): SceneName => random.pick(['close', 'importCloses', 'importClosesNow']);
  const trap = (scene: SceneName, step: string, nth = 1): Chain['cards'][number] => ({
    scene,
    kill: { by: 'trap', step, nth },
  });
  const within = (scene: SceneName, step: string, most: number): Chain['cards'][number] => ({
    scene,
    kill: { by: 'trap', step, nth: 1, afterMs: random.int(0, most) },
  });
  const single = (scene: SceneName, step: string, needs?: Chain['needs']): Chain => ({
    cards: [trap(scene, step, scene === 'sweep' ? random.int(1, 2) : 1)],
    ...(needs !== undefined && { needs }),
  });
  const once = (scene: SceneName, step: string): Chain => ({ cards: [trap(scene, step)] });
  const outside = (
    route: 'token' | 'read' | 'close' | 'survey',
    nth: number,
    carriedOut: boolean,
  ): Chain['cards'][number] => ({
    scene: 'sweep',
    kill: { by: 'simulator', route, nth, carriedOut },
  });
  const anywhere = (scene: SceneName): Chain => ({
    cards: [{ scene, kill: { by: 'clock', share: 0.25 + 0.75 * random.next() } }],
  });

  return [
    once(closing(), 'run begun: before commit'),
    once(closing(), 'run begun: after commit'),
    single('sweep', 'read: reply complete'),
    { cards: [trap('sweep', 'survey: reply complete')], needs: 'survey' },
    single(closing(), 'intent: inside'),
    single(closing(), 'intent: before commit'),
    single(closing(), 'close: being sent'),
    single(closing(), 'close: sent'),
    single(closing(), 'close: reply begun'),
    single(closing(), 'verification: sent', 'verification'),
    single(closing(), 'verification: reply complete', 'verification'),
    single(closing(), 'outcome: before commit'),
    single(closing(), 'outcome: after commit'),
    { cards: [trap('sweep', 'outcomes in bulk: before commit')], needs: 'survey' },
    { cards: [trap('sweep', 'outcomes in bulk: after commit')], needs: 'survey' },
    once(closing(), 'run finished: before commit'),
    once(closing(), 'run finished: after commit'),
    once(asking(), 'requests: before commit'),
    once(asking(), 'requests: after commit'),
    single('importMapping', 'mappings: before commit'),
    { cards: [trap('importMapping', 'mappings: after commit', 2)] },
    once(random.pick(['importMapping', 'importCloses']), 'import finished: before commit'),
    once(random.pick(['importMapping', 'importClosesNow']), 'import finished: after commit'),
    once('hold', 'hold: before commit'),
    once('hold', 'hold: after commit'),
    { cards: [outside('token', 1, false)] },
    { cards: [outside('read', random.int(1, 4), true)] },
    { cards: [outside('survey', 1, false)], needs: 'survey' },
    { cards: [outside('close', random.int(1, 3), false)] },
    // Whether it was sent is not known to the next run: it finds out, and takes the intent back.
    {
      cards: [
        trap('sweep', 'intent: after commit'),
        trap('sweep', 'withdrawal: before commit'),
        trap(closing(), 'withdrawal: after commit'),
      ],
    },
    // It took effect and nobody knows: the next run finds out, however often it dies over it.
    {
      cards: [
        outside('close', random.int(1, 2), true),
        trap('sweep', 'recovery: sent'),
        trap(closing(), 'recovery: reply complete'),
        trap('sweep', 'recovered outcome: before commit'),
        trap('sweep', 'recovered outcome: after commit'),
      ],
    },
    {
      cards: [
        trap('sweep', 'close: reply complete'),
        trap('sweep', 'dead run marked: before commit'),
        trap(closing(), 'dead run marked: after commit'),
      ],
    },
    {
      cards: [
        trap('backUp', 'copy: begun'),
        within('backUp', 'copy: begun', COPY_MS),
        trap('backUp', 'copy: complete'),
      ],
    },
    {
      cards: [
        trap('create', 'schema: inside'),
        trap('create', 'schema: before commit'),
        within('create', 'schema: before commit', 3),
      ],
      needs: 'no database',
    },
    {
      cards: [
        trap('migrate', 'copy: begun'),
        within('migrate', 'copy: begun', COPY_MS),
        trap('migrate', 'copy: complete'),
        trap('migrate', 'schema: inside'),
        trap('migrate', 'schema: before commit'),
        trap('migrate', 'schema: after commit'),
      ],
    },
    anywhere('sweep'),
    anywhere('sweep'),
    anywhere('sweep'),
    anywhere('close'),
    anywhere('importClosesNow'),
    anywhere('importMapping'),
    anywhere('backUp'),
  ];
}

function shuffled<T>(from: readonly T[], random: RandomStream): T[] {
  return from
    .map((one) => ({ one, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
}
