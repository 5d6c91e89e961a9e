import { type RandomStream, randomStream } from '../../src/simulator/random.ts';
import { type Kill, nameOf } from './kill.ts';
import type { SceneName } from './scenes.ts';

/** One kill: what is running, and where it dies. */
export interface Card {
  readonly scene: SceneName;
  readonly kill: Kill;
}

/** Kills that belong together: each finds what the one before has left behind. */
export interface Chain {
  readonly cards: readonly Card[];
  /** What the world must be like, or it will not come to these steps. */
  readonly needs?: 'survey' | 'verification' | 'no database';
}

/** Longer than copying takes here, so that some are late. */
const COPY_MS = 12;

/** The name of every place where the program is killed, once they have all been dealt. */
export function everyPlace(): { names: ReadonlySet<string>; cards: number } {
  const cards = chains(randomStream(0)).flatMap((chain) => chain.cards);
  return { names: new Set(cards.map(({ kill }) => nameOf(kill))), cards: cards.length };
}

/** Every chain once, with the rest drawn: which command, the first time or the second, how much later. */
export function chains(random: RandomStream): Chain[] {
  const closing = (): SceneName => random.pick(['sweep', 'sweep', 'sweep', 'close', 'importClosesNow']);
  const asking = (): SceneName => random.pick(['close', 'importCloses', 'importClosesNow']);
  const trap = (scene: SceneName, step: string, nth = 1): Card => ({
    scene,
    kill: { by: 'trap', step, nth },
  });
  const within = (scene: SceneName, step: string, most: number): Card => ({
    scene,
    kill: { by: 'trap', step, nth: 1, afterMs: random.int(0, most) },
  });
  const single = (scene: SceneName, step: string, needs?: Chain['needs']): Chain => ({
    cards: [trap(scene, step, scene === 'sweep' ? random.int(1, 2) : 1)],
    ...(needs !== undefined && { needs }),
  });
  const once = (scene: SceneName, step: string): Chain => ({ cards: [trap(scene, step)] });
  const outside = (route: 'token' | 'read' | 'close' | 'survey', nth: number, carriedOut: boolean): Card => ({
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
