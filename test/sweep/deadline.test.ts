import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { withDeadline } from '../../src/sweep/deadline.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const never = new AbortController().signal;

describe('a deadline', () => {
  it('lets through what is done in time, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    expect(await withDeadline(clock, MINUTE, never, async () => 42)).toBe(42);
    expect(clock.sleepers).toBe(0);
  });

  it('lets an error through, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const failing = withDeadline(clock, MINUTE, never, async () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
    expect(clock.sleepers).toBe(0);
  });

  it('cuts short what takes longer, with an error of that one conversation', async () => {
    const clock = new VirtualClock();
    const waiting = withDeadline(clock, 5 * MINUTE, never, (signal) => clock.sleep(10 * MINUTE, signal));
    const error = waiting.catch((caught: unknown) => caught);
    await clock.advance(5 * MINUTE);
    expect(await error).toBeInstanceOf(ApiError);
    expect(await error).toMatchObject({ failure: 'lost', message: 'it took longer than 5m' });
    expect(clock.sleepers).toBe(0);
  });

  it('does not cut short what is just in time', async () => {
    const clock = new VirtualClock();
    const waiting = withDeadline(clock, 5 * MINUTE, never, (signal) =>
      clock.sleep(5 * MINUTE - SECOND, signal),
    );
    await clock.advance(5 * MINUTE);
    await expect(waiting).resolves.toBeUndefined();
  });

  it('passes on the end of what is around it, with its reason', async () => {
    const clock = new VirtualClock();
    const outer = new AbortController();
    const waiting = withDeadline(clock, MINUTE, outer.signal, (signal) => clock.sleep(MINUTE, signal));
    const error = waiting.catch((caught: unknown) => caught);
    outer.abort(new Error('the run has ended'));
    expect(await error).toMatchObject({ message: 'the run has ended' });
    expect(clock.sleepers).toBe(0);
  });
});
