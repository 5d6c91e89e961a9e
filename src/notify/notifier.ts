import { SECOND } from '../domain/time.ts';
import type { Night, NightWatcher } from '../night/ports.ts';
import type { Log } from '../sweep/ports.ts';
import { type Delivery, type DeliveryParts, deliver, WITHIN_MS } from './deliver.ts';
import { noticeOf } from './notice.ts';
import type { Before, Memory } from './ports.ts';
import { beating, type Heartbeat, isTaken, type Listener, nameOf, type Target, telling } from './target.ts';
import { beatOf, isFailure, isNight, type Occasion, occasionOf } from './when.ts';

export interface NotifierParts extends DeliveryParts {
  readonly listeners: readonly Listener[];
  readonly heartbeat: Heartbeat | null;
  readonly on: readonly Occasion[];
  /** Which installation is speaking. */
  readonly name: string;
  /** False: a sweep of a part of the work. It is no beat, and no night that others are compared with. */
  readonly isWhole: boolean;
  readonly memory: Memory;
  readonly newId: () => string;
  readonly log: Pick<Log, 'warn'>;
  /** Hangs up. */
  readonly close: () => Promise<void>;
}

/** How much of the time at a night's end its start may still take to arrive. */
const START_MS = 4 * SECOND;
const ON_TIME: AbortSignal = new AbortController().signal;

/**
 * Tells of nights that are worth it, and beats for each. The beat of the start goes its own way meanwhile, and always
 * before that of the end. Whom it could not reach it warns of: nothing that happens here changes how a night ends.
 */
export function createNotifier(parts: NotifierParts): NightWatcher {
  const { clock, isWhole, memory, listeners, log } = parts;
  const heartbeat = isWhole ? parts.heartbeat : null;
  const startCut = new AbortController();
  let started: Promise<Delivery> | null = null;

  const deliverTo = (to: Target, makePost: MakePost, until: number, signal = ON_TIME) =>
    deliver(parts, makePost, { isTaken: (answer) => isTaken(to, answer), until, signal });

  const warnUnless = (delivery: Delivery | null, to: Target, what: string) => {
    if (delivery === null || delivery.delivered) return;
    log.warn(`${nameOf(to)} was not told${what}: it ${delivery.says}.`);
  };

  async function beat(to: Heartbeat, night: Night, before: Before | null, until: number): Promise<void> {
    const start = await endOfStart();
    const how = beatOf(night);
    const notice = noticeOf(night, 'beat', { name: parts.name, before });
    const end = how === null ? null : await deliverTo(to, beating(to, how, notice), until);
    warnUnless(start, to, ' of the start');
    warnUnless(end, to, ' of the end');
  }

  async function endOfStart(): Promise<Delivery | null> {
    if (started === null) return null;
    const done = new AbortController();
    clock.sleep(START_MS, done.signal).then(
      () => startCut.abort(new Error('the night is over')),
      () => {},
    );
    const start = await started;
    done.abort();
    return start;
  }

  async function tell(night: Night, before: Before | null, until: number): Promise<void> {
    const event = occasionOf(night, before, parts);
    if (event === null) return remember(night);
    const notice = noticeOf(night, event, { name: parts.name, before });
    const id = parts.newId();
    const told = await Promise.all(
      listeners.map(async (to) => ({ to, delivery: await deliverTo(to, telling(to, notice, id), until) })),
    );
    // A change that reached nobody is one tomorrow, too.
    const isHeard = told.some(({ delivery }) => delivery.delivered);
    for (const { to, delivery } of told) warnUnless(delivery, to, ' of this night');
    if (isHeard) await remember(night);
  }

  async function remember(night: Night): Promise<void> {
    if (!isWhole || !isNight(night)) return;
    try {
      const { exitCode, finishedAt } = night;
      await memory.write({ exitCode, finishedAt, failed: isFailure(night) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn(`The next night will not be compared with this one: ${why}`);
    }
  }

  return {
    name: 'notifications',
    begun: async () => {
      if (heartbeat === null) return;
      started = deliverTo(
        heartbeat,
        beating(heartbeat, 'start', null),
        clock.now() + WITHIN_MS,
        startCut.signal,
      );
    },
    ended: async (night) => {
      const until = clock.now() + WITHIN_MS;
      try {
        const before = listeners.length > 0 ? memory.read() : null;
        await Promise.all([
          heartbeat && beat(heartbeat, night, before, until),
          listeners.length > 0 && tell(night, before, until),
        ]);
      } finally {
        await parts.close();
      }
    },
  };
}

type MakePost = Parameters<typeof deliver>[1];
