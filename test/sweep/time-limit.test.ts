import { describe, expect, it, vi } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { createEnding, RunEnded } from '../../src/sweep/ending.ts';
import { limitTime } from '../../src/sweep/time-limit.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';

function limited(maxDurationMs: number | null, startedAt = START) {
  const clock = new VirtualClock();
  const ending = createEnding();
  const remote = { hangUp: vi.fn() };
  const off = limitTime({ clock, startedAt, maxDurationMs, graceMs: 20 * SECOND, ending, remote });
  return { clock, ending, remote, off };
}

describe('the time of a run', () => {
  it('stops it when it is used up, and a grace later ends what it has in hand', async () => {
    const { clock, ending, remote } = limited(5 * MINUTE);
    await clock.advance(5 * MINUTE - 1);
    expect(ending.stopped).toBe(false);
    await clock.advance(1);
    expect(ending).toMatchObject({
      stopped: true,
      codes: [6],
      sentences: ['The time (maxDuration) is used up.'],
    });
    await clock.advance(20 * SECOND - 1);
    expect([ending.signal.aborted, remote.hangUp.mock.calls.length]).toEqual([false, 0]);
    await clock.advance(1);
    expect(ending.signal.reason).toBeInstanceOf(RunEnded);
    expect(remote.hangUp).toHaveBeenCalledOnce();
    expect(clock.sleepers).toBe(0);
  });

  it.each([
    ['was used up before it began', START - MINUTE],
    ['is just used up', START],
  ])('that %s stops it before anything is taken in hand', (_, startedAt) => {
    const { ending, off } = limited(START - startedAt, startedAt);
    expect(ending.stopped).toBe(true);
    off();
  });

  it.each([0, 1, 5 * MINUTE, 5 * MINUTE + SECOND])(
    'is called off %i ms after the start and leaves nothing behind',
    async (ms) => {
      const { clock, ending, off } = limited(5 * MINUTE);
      await clock.advance(ms);
      off();
      await clock.advance(0);
      expect(clock.sleepers).toBe(0);
      expect(ending.signal.aborted).toBe(false);
    },
  );

  it('is not watched without a limit', () => {
    const { clock, ending } = limited(null);
    expect([clock.sleepers, ending.stopped]).toEqual([0, false]);
  });
});
