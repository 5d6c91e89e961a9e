import pLimit from 'p-limit';

/**
 * Runs tasks with at most `slots` of them at work. A task may hand its slot back early, when all that is left is
 * waiting (verifying a close); at most `tails` may be in that state.
 */
export interface Pool {
  /**
   * Starts the task and resolves when there is room for another, not when the task is done. Throws what an earlier
   * task threw: tasks record their own failures, so that can only be a bug or a database that gave up.
   */
  submit(task: (releaseSlot: () => void) => Promise<void>): Promise<void>;
  /** Resolves when every submitted task is done; throws like {@link submit}. */
  idle(): Promise<void>;
}

/**
 * @param mostSlots as many slots as there can ever be
 * @param usefulSlots how many of them are worth using now; more in hand would only wait, and grow stale, in a queue
 */
export function createPool(
  mostSlots: number,
  tails: number,
  usefulSlots: () => number = () => mostSlots,
): Pool {
  const limit = pLimit(mostSlots);
  const tasks = new Set<Promise<void>>();
  const heldSlots = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;

  function start(task: (releaseSlot: () => void) => Promise<void>): void {
    const slot: Promise<void> = limit(
      () =>
        new Promise<void>((releaseSlot) => {
          const whole: Promise<void> = task(releaseSlot)
            .catch((error: unknown) => {
              failure ??= { error };
            })
            .finally(() => {
              tasks.delete(whole);
              releaseSlot();
            });
          tasks.add(whole);
        }),
    ).finally(() => heldSlots.delete(slot));
    heldSlots.add(slot);
  }

  const isFull = () =>
    heldSlots.size >= Math.min(mostSlots, usefulSlots()) || tasks.size - heldSlots.size >= tails;

  function rethrow(): void {
    if (failure !== null) throw failure.error;
  }

  return {
    submit: async (task) => {
      rethrow();
      start(task);
      while (isFull()) await Promise.race([...heldSlots, ...tasks]);
      rethrow();
    },
    idle: async () => {
      while (tasks.size > 0 || heldSlots.size > 0) await Promise.race([...heldSlots, ...tasks]);
      rethrow();
    },
  };
}
