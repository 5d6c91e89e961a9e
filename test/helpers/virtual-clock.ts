import { setTimeout as realSleep, setImmediate as turn } from 'node:timers/promises';
import type { Instant } from '../../src/domain/time.ts';
import type { Clock } from '../../src/sweep/ports.ts';

export const START: Instant = Date.UTC(2026, 0, 15, 2, 0, 0);

interface Sleeper {
  readonly due: Instant;
  readonly wake: () => void;
}

/** Turns of the event loop that a woken sleeper gets before the next one is woken. */
const TURNS_AFTER_WAKING = 5;
/** How a clock that runs by itself finds out that nothing is going on: so many steps in a row without any news. */
export interface Quiet {
  readonly steps: number;
  readonly step: () => Promise<unknown>;
}

/** So many real milliseconds: for what has timers of its own, which the clock cannot see, as Bottleneck has. */
export const quietFor = (ms: number): Quiet => ({ steps: ms, step: () => realSleep(1) });

/** So many turns of the event loop: for what waits for nothing but the clock. */
export const quietTurns = (steps: number): Quiet => ({ steps, step: () => turn() });

const QUIET = quietFor(10);

/**
 * A clock on which no real time passes. Time moves in one of two ways: by hand with {@link advance}, or by itself
 * with {@link runByItself}, which jumps to the next sleeper whenever nothing else is going on.
 */
export class VirtualClock implements Clock {
  #now: Instant;
  #sleepers: Sleeper[] = [];
  /** Counts sleepers that came or went, to notice that something is going on. */
  #news = 0;
  #heard = () => {};

  constructor(start: Instant = START) {
    this.#now = start;
  }

  readonly now = (): Instant => this.#now;

  /** At most 0 ms take one turn of the event loop and no sleeper. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (ms <= 0) return turn(undefined);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#leave(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          this.#leave(sleeper);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.push(sleeper);
      this.#tell();
    });
  };

  /** How many sleep now; a test that ends with another number than 0 has leaked a wait. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** When the next one wakes; null when nobody sleeps. */
  get nextDue(): Instant | null {
    return this.#earliest()?.due ?? null;
  }

  /** Sets the time without waking anybody, as when a machine was suspended. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /**
   * Lets `ms` pass: wakes in order of their time all who are due by then, also those who begin to sleep meanwhile,
   * and gives each some turns of the event loop before the next.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turns();
    for (let next = this.#earliest(); next !== undefined && next.due <= until; next = this.#earliest()) {
      this.#wake(next);
      await turns();
    }
    this.#now = Math.max(this.#now, until);
  }

  /** Resolves as soon as at least `count` sleep. */
  async untilSleeping(count = 1): Promise<void> {
    while (this.#sleepers.length < count) await this.#nextNews();
  }

  /**
   * From now on jumps to the earliest sleeper whenever nothing is going on: `isIdle` says so (no HTTP request is in
   * flight, say) and `quiet` brought no news.
   *
   * @returns stops it; resolves when it has stopped
   */
  runByItself(isIdle: () => boolean, quiet = QUIET): () => Promise<void> {
    let stopped = false;
    const run = async () => {
      while (!stopped) {
        if (this.#sleepers.length === 0) {
          await this.#nextNews();
          continue;
        }
        const before = this.#news;
        let steps = 0;
        for (; steps < quiet.steps && isIdle() && this.#news === before; steps++) await quiet.step();
        if (steps < quiet.steps) await quiet.step();
        const next = this.#earliest();
        if (steps < quiet.steps || stopped || this.#news !== before || !isIdle() || next === undefined)
          continue;
        this.#wake(next);
      }
    };
    const ended = run();
    return async () => {
      stopped = true;
      this.#tell();
      await ended;
    };
  }

  /** Wakes all who are due together with `next`, in the order they came. */
  #wake(next: Sleeper): void {
    this.#now = Math.max(this.#now, next.due);
    for (const sleeper of this.#sleepers.filter(({ due }) => due <= next.due)) sleeper.wake();
  }

  #earliest(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.due < first.due ? one : first),
      undefined,
    );
  }

  #leave(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
    this.#tell();
  }

  #tell(): void {
    this.#news++;
    this.#heard();
  }

  #nextNews(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#heard;
      this.#heard = () => {
        this.#heard = () => {};
        others();
        resolve();
      };
    });
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < TURNS_AFTER_WAKING; i++) await turn();
}
