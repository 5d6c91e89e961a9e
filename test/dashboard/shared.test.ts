import { describe, expect, it } from 'vitest';
import { shared } from '../../src/dashboard/shared.ts';

describe('a shared reading', () => {
  /** Each reading takes `takesMs`, and is its number. */
  function aClock(takesMs: number) {
    const clock = { now: 1_000, reads: 0 };
    const ask = shared(
      () => clock.now,
      async () => {
        clock.reads++;
        clock.now += takesMs;
        return clock.reads;
      },
    );
    return { clock, ask };
  }

  it('serves all who ask meanwhile, and all within three seconds', async () => {
    const { clock, ask } = aClock(0);
    const all = await Promise.all([ask(), ask(), ask()]);
    expect(all.map(({ value }) => value)).toEqual([1, 1, 1]);
    clock.now = 3_999;
    expect((await ask()).value).toBe(1);
    clock.now = 4_000;
    expect(await ask()).toEqual({ value: 2, at: 4_000 });
  });

  it('of a record that takes long to read is made the less often', async () => {
    const { clock, ask } = aClock(500);
    await ask();
    clock.now = 1_000 + 9_999;
    expect((await ask()).value).toBe(1);
    clock.now = 1_000 + 10_000;
    expect((await ask()).value).toBe(2);
  });

  it('is made again when the clock was set back', async () => {
    const { clock, ask } = aClock(0);
    await ask();
    clock.now = 5;
    expect((await ask()).value).toBe(2);
  });

  it('that fails fails for those who wait, and is tried again by the next', async () => {
    let tries = 0;
    const ask = shared(
      () => 0,
      async () => {
        if (++tries === 1) throw new Error('locked');
        return 'read';
      },
    );
    const all = await Promise.allSettled([ask(), ask()]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await ask()).value).toBe('read');
  });
});
