import type { Instant } from '../../src/domain/time.ts';
import type { Clock } from '../../src/sweep/ports.ts';

/** Something that is ready to go on, and may be let go on in any order. */
interface Turn {
  readonly actor: number;
  readonly goOn: () => void;
}

interface Sleeper extends Turn {
  readonly due: Instant;
}

/** What is on its way between two processes: never killed, and it arrives before any time has passed. */
export const NETWORK = 0;

/**
 * Decides who goes on next: of all that could, one at a time, drawn from a list of numbers. Time passes only when it is
 * drawn or when nobody else can go on. An actor can be killed at any point: nothing of it ever goes on again.
 */
export class Stage {
  #now: Instant;
  #turns: Turn[] = [];
  #sleepers: Sleeper[] = [];
  readonly #dead = new Set<number>();
  readonly #draws: readonly number[];
  #drawn = 0;
  /** Time passes only when nobody could go on otherwise. */
  isCalm = false;

  constructor(start: Instant, draws: readonly number[]) {
    this.#now = start;
    this.#draws = draws;
  }

  now(): Instant {
    return this.#now;
  }

  isDead(actor: number): boolean {
    return this.#dead.has(actor);
  }

  /** Whether something of it could go on now. */
  isWaiting(actor: number): boolean {
    return this.#turns.some((turn) => turn.actor === actor);
  }

  kill(actor: number): void {
    this.#dead.add(actor);
    this.#turns = this.#turns.filter((turn) => turn.actor !== actor);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.actor !== actor);
  }

  /** Resolves when it is drawn; rejects with the signal's reason when that comes first. Never, once killed. */
  turn(actor: number, signal?: AbortSignal): Promise<void> {
    return this.#wait(actor, signal, (goOn) => {
      const turn = { actor, goOn };
      this.#turns.push(turn);
      return () => {
        this.#turns = this.#turns.filter((one) => one !== turn);
      };
    });
  }

  clockOf(actor: number): Clock {
    return {
      now: () => this.#now,
      sleep: (ms, signal) =>
        this.#wait(actor, signal, (goOn) => {
          const sleeper = { actor, goOn, due: this.#now + Math.max(0, ms) };
          this.#sleepers.push(sleeper);
          return () => {
            this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
          };
        }),
    };
  }

  /** Lets everybody go on, one at a time, until `over` says so or nobody can. */
  async play(over: () => boolean): Promise<void> {
    for (;;) {
      await settled();
      if (over() || this.#turns.length + this.#sleepers.length === 0) return;
      const turn = this.#turns[this.#draw()];
      if (turn !== undefined) turn.goOn();
      else this.#wakeNext();
    }
  }

  /** Nobody goes on meanwhile. */
  pass(ms: number): void {
    this.#now += ms;
  }

  #wait(
    actor: number,
    signal: AbortSignal | undefined,
    enter: (goOn: () => void) => () => void,
  ): Promise<void> {
    if (this.isDead(actor)) return new Promise(() => {});
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        leave();
        if (!this.isDead(actor)) reject(signal?.reason);
      };
      const leave = enter(() => {
        signal?.removeEventListener('abort', onAbort);
        leave();
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #wakeNext(): void {
    const [first] = this.#sleepers.toSorted((a, b) => a.due - b.due);
    if (first === undefined) return;
    this.#now = Math.max(this.#now, first.due);
    first.goOn();
  }

  /**
   * Beyond the last turn: time passes. Rarely drawn, for a slow answer is rarer than a quick one; and never while
   * something is on its way.
   */
  #draw(): number {
    const drawn = this.#draws[this.#drawn++ % this.#draws.length] ?? 0;
    if (this.isCalm || this.isWaiting(NETWORK)) return drawn % this.#turns.length;
    return drawn % (4 * this.#turns.length + 1) === 4 * this.#turns.length
      ? this.#turns.length
      : drawn % this.#turns.length;
  }
}

/** Whatever was let go on has come to its next wait. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
