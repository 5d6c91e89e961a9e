import { describe, expect, it } from 'vitest';
import { cached, inSteps } from '../../src/metrics/cached.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const AS_METRICS = { leastMs: 5_000, patienceMs: 2_000 };

describe('a reading that is kept for a while', () => {
  it('is repeated after five seconds, or twenty times what it took', async () => {
    const clock = new VirtualClock();
    let readings = 0;
    let takesMs = 0;
    const read = cached(
      async () => {
        await clock.advance(takesMs);
        return ++readings;
      },
      clock.now,
      AS_METRICS,
    );
    expect((await read()).value).toBe(1);
    await clock.advance(4_999);
    expect((await read()).value).toBe(1);
    takesMs = 1_000;
    await clock.advance(1);
    expect(await read()).toMatchObject({ value: 2, tookMs: 1_000 });
    await clock.advance(18_999);
    expect((await read()).value).toBe(2);
    await clock.advance(1);
    expect((await read()).value).toBe(3);
  });

  it('is not waited for where it takes long: the one before is told, until that fails', async () => {
    const clock = new VirtualClock();
    let readings = 0;
    const read = cached(
      async () => {
        await clock.advance(3_000);
        if (++readings === 3) throw new Error('broken');
        return readings;
      },
      clock.now,
      AS_METRICS,
    );
    expect((await read()).value).toBe(1);
    await clock.advance(60_000);
    expect((await read()).value).toBe(1);
    await expect.poll(() => readings).toBe(2);
    expect((await read()).value).toBe(2);
    await clock.advance(60_000);
    expect((await read()).value).toBe(2);
    await expect.poll(() => readings).toBe(3);
    expect((await read()).value).toBe(4);
  });

  it('is one for all who ask meanwhile, and what fails is tried again', async () => {
    const clock = new VirtualClock();
    let readings = 0;
    const read = cached(
      async () => {
        readings++;
        if (readings === 1) throw new Error('not now');
        return readings;
      },
      clock.now,
      AS_METRICS,
    );
    await expect(Promise.all([read(), read()])).rejects.toThrow('not now');
    expect(readings).toBe(1);
    expect((await read()).value).toBe(2);
  });

  it('lets others have their turn between two steps', async () => {
    const said: string[] = [];
    function* steps(): Generator<void, string> {
      said.push('one');
      yield;
      said.push('two');
      return 'done';
    }
    const breathe = async () => void said.push('others');
    await expect(inSteps(steps(), breathe)).resolves.toBe('done');
    expect(said).toEqual(['one', 'others', 'two']);
  });
});

const AS_DASHBOARD = { leastMs: 3_000, patienceMs: Number.POSITIVE_INFINITY };

describe('a reading that all wait for', () => {
  /** Each reading takes `takesMs`, and is its number. */
  function aClock(takesMs: number) {
    const clock = { now: 1_000, reads: 0 };
    const ask = cached(
      async () => {
        clock.reads++;
        clock.now += takesMs;
        return clock.reads;
      },
      () => clock.now,
      AS_DASHBOARD,
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
    expect(await ask()).toEqual({ value: 2, at: 4_000, tookMs: 0 });
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
    const ask = cached(
      async () => {
        if (++tries === 1) throw new Error('locked');
        return 'read';
      },
      () => 0,
      AS_DASHBOARD,
    );
    const all = await Promise.allSettled([ask(), ask()]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await ask()).value).toBe('read');
  });
});
