import { describe, expect, it } from 'vitest';
import { cached, inSteps } from '../../src/metrics/cached.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

describe('a reading that is kept for a while', () => {
  it('is repeated after five seconds, or twenty times what it took', async () => {
    const clock = new VirtualClock();
    let readings = 0;
    let takesMs = 0;
    const read = cached(async () => {
      await clock.advance(takesMs);
      return ++readings;
    }, clock.now);
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
    const read = cached(async () => {
      await clock.advance(3_000);
      if (++readings === 3) throw new Error('broken');
      return readings;
    }, clock.now);
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
    const read = cached(async () => {
      readings++;
      if (readings === 1) throw new Error('not now');
      return readings;
    }, clock.now);
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
