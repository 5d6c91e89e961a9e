import { describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../../src/sweep/pool.ts';

/** A task that runs until it is told to go on. */
function task() {
  let release = () => {};
  let finish = () => {};
  let fail: (error: Error) => void = () => {};
  let hasStarted = false;
  const body = (releaseSlot: () => void) => {
    hasStarted = true;
    release = releaseSlot;
    return new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
  };
  return {
    body,
    started: () => hasStarted,
    releaseSlot: () => release(),
    finish: () => finish(),
    fail: (error: Error) => fail(error),
  };
}

/** Whether the promise has settled by now. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return settled;
}

/** So many tasks, which have started as far as they may. */
async function submit(pool: Pool, count: number) {
  const tasks = Array.from({ length: count }, () => {
    const one = task();
    return { ...one, room: pool.submit(one.body) };
  });
  await settles(Promise.resolve());
  return tasks;
}

describe('the pool', () => {
  it('says that there is room while a slot is free, and not before', async () => {
    const pool = createPool(2, 10);
    const [first, second] = await submit(pool, 2);
    expect(await settles(first?.room as Promise<void>)).toBe(true);
    expect(await settles(second?.room as Promise<void>)).toBe(false);
    expect([first?.started(), second?.started()]).toEqual([true, true]);
    first?.finish();
    expect(await settles(second?.room as Promise<void>)).toBe(true);
    second?.finish();
    await pool.idle();
  });

  it('never runs more than its slots at once', async () => {
    const pool = createPool(3, 10);
    let running = 0;
    let most = 0;
    for (let i = 0; i < 20; i++) {
      await pool.submit(async () => {
        running++;
        most = Math.max(most, running);
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        running--;
      });
    }
    await pool.idle();
    expect({ most, running }).toEqual({ most: 3, running: 0 });
  });

  it('has room again as soon as a slot is handed back, though the task goes on', async () => {
    const pool = createPool(1, 10);
    const [one] = await submit(pool, 1);
    expect(await settles(one?.room as Promise<void>)).toBe(false);
    one?.releaseSlot();
    expect(await settles(one?.room as Promise<void>)).toBe(true);

    const idle = pool.idle();
    expect(await settles(idle)).toBe(false);
    one?.finish();
    await idle;
  });

  it('lets only so many go on without a slot', async () => {
    const pool = createPool(1, 2);
    const [first] = await submit(pool, 1);
    first?.releaseSlot();
    await first?.room;
    const [second] = await submit(pool, 1);
    second?.releaseSlot();
    expect(await settles(second?.room as Promise<void>)).toBe(false);
    first?.finish();
    expect(await settles(second?.room as Promise<void>)).toBe(true);
    second?.finish();
    await pool.idle();
  });

  it('counts as going on without a slot only what has handed its slot back', async () => {
    const pool = createPool(3, 3);
    const [first, second] = await submit(pool, 2);
    expect(await settles(second?.room as Promise<void>)).toBe(true);
    for (const one of [first, second]) one?.finish();
    await pool.idle();
  });

  it('hands a slot back once, however often it is told', async () => {
    const pool = createPool(1, 10);
    const [first] = await submit(pool, 1);
    first?.releaseSlot();
    first?.releaseSlot();
    first?.finish();
    await first?.room;
    const [second, third] = await submit(pool, 2);
    expect([second?.started(), third?.started()]).toEqual([true, false]);
    second?.finish();
    await settles(Promise.resolve());
    third?.finish();
    await pool.idle();
  });

  it('surfaces what a task threw, at the next submit and when it is idle', async () => {
    const pool = createPool(2, 10);
    const [one] = await submit(pool, 1);
    await one?.room;
    one?.fail(new Error('the disk is full'));
    await settles(Promise.resolve());
    const next = task();
    await expect(pool.submit(next.body)).rejects.toThrow('the disk is full');
    expect(next.started()).toBe(false);
    await expect(pool.idle()).rejects.toThrow('the disk is full');
  });

  it('waits for all others before it throws', async () => {
    const pool = createPool(3, 10);
    const [bad, good] = await submit(pool, 2);
    await bad?.room;
    bad?.fail(new Error('a bug'));
    const idle = pool.idle();
    idle.catch(() => {});
    expect(await settles(idle)).toBe(false);
    good?.finish();
    await expect(idle).rejects.toThrow('a bug');
  });

  it('is not idle while something that was submitted has not even begun', async () => {
    const pool = createPool(1, 1);
    const one = task();
    const room = pool.submit(one.body);
    expect(one.started()).toBe(false);
    const idle = pool.idle();
    expect(await settles(idle)).toBe(false);
    one.finish();
    await Promise.all([room, idle]);
  });

  it('is idle at once when nothing was submitted', async () => {
    await expect(createPool(1, 1).idle()).resolves.toBeUndefined();
  });
});
