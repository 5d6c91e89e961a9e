import { describe, expect, it } from 'vitest';
import { ApiError, AuthError, UnavailableError } from '../../src/domain/errors.ts';
import { createEnding, endBy, isRunEnding, RunEnded } from '../../src/sweep/ending.ts';

const setUp = () => createEnding();
const unavailable = new UnavailableError('Nobody answers.');
const auth = new AuthError('Forbidden.');

describe('why a run ends', () => {
  it('is nothing at first', () => {
    const ending = setUp();
    expect(ending).toMatchObject({
      stopped: false,
      refused: false,
      exhausted: false,
      codes: [],
      sentences: [],
    });
    expect(ending.signal.aborted).toBe(false);
  });

  it('stop takes no more work, finishes what is in hand, and says each code once', () => {
    const ending = setUp();
    ending.stop(130, 'Interrupted.');
    ending.stop(6, 'The time is used up.');
    ending.stop(6, 'Once more.');
    expect(ending).toMatchObject({
      stopped: true,
      codes: [130, 6],
      sentences: ['Interrupted.', 'The time is used up.'],
    });
    expect(ending.signal.aborted).toBe(false);
  });

  it('exhaust stops closes only, and is said once', () => {
    const ending = setUp();
    ending.exhaust('Used up.');
    ending.exhaust('Used up.');
    expect(ending).toMatchObject({ stopped: false, exhausted: true, codes: [6], sentences: ['Used up.'] });
  });

  it('refuse keeps the first refusal', () => {
    const ending = setUp();
    ending.refuse({ guard: 'policy_widened', sentence: 'Wider.' });
    ending.refuse({ guard: 'unusual_volume', sentence: 'More.' });
    expect(ending).toMatchObject({ stopped: false, refused: true, codes: [5], sentences: ['Wider.'] });
  });

  it('fail ends everything that waits, and says each kind once', () => {
    const ending = setUp();
    ending.fail(unavailable);
    ending.fail(new UnavailableError('Still nobody.'));
    ending.fail(auth);
    expect(ending).toMatchObject({
      stopped: true,
      codes: [8, 4],
      sentences: ['Nobody answers.', 'Forbidden.'],
    });
    expect(ending.signal.aborted).toBe(true);
    expect(ending.signal.reason).toBeInstanceOf(RunEnded);
    expect(ending.signal.reason).toMatchObject({ cause: unavailable });
  });

  it('abandon ends everything that waits, and leaves it to the error to say why', () => {
    const ending = setUp();
    ending.abandon();
    ending.abandon();
    expect(ending).toMatchObject({ stopped: true, codes: [], sentences: [] });
    expect(ending.signal.reason).toBeInstanceOf(RunEnded);
  });

  it('fail counts also after a stop', () => {
    const ending = setUp();
    ending.stop(130, 'Interrupted.');
    ending.fail(unavailable);
    expect(ending.codes).toEqual([130, 8]);
  });

  it.each([
    ['something is left and nothing else has ended it', 3, false, [6]],
    ['nothing is left', 0, false, []],
    ['something weightier has ended it', 3, true, [8]],
  ])('leaveRest when %s', (_, left, failed, codes) => {
    const ending = setUp();
    if (failed) ending.fail(unavailable);
    ending.leaveRest(left, { limit: 5, maxDurationMs: null });
    expect(ending.codes).toEqual(codes);
    expect(ending.sentences).toHaveLength(codes.length);
  });

  it.each([
    ['a limit', { limit: 5, maxDurationMs: null }, 'The limit or time is used up'],
    ['a limit of time', { limit: null, maxDurationMs: 5 }, 'The limit or time is used up'],
    ['both', { limit: 5, maxDurationMs: 5 }, 'The limit or time is used up'],
    ['no limit', { limit: null, maxDurationMs: null }, 'Some came or stayed meanwhile'],
  ])('leaveRest with %s says what may have kept it', (_, limits, why) => {
    const ending = setUp();
    ending.leaveRest(1, limits);
    expect(ending.sentences).toEqual([expect.stringContaining(why)]);
  });

  it('include takes over how a run within this one ended, and nothing when it ended well', () => {
    const ending = setUp();
    ending.include(0, 'All closed.');
    expect(ending).toMatchObject({ stopped: false, codes: [], sentences: [] });
    ending.include(3, 'One failed.');
    expect(ending).toMatchObject({ stopped: false, codes: [3], sentences: ['One failed.'] });
  });

  it('note is a remark and no reason', () => {
    const ending = setUp();
    ending.note('By the way.');
    ending.note('By the way.');
    expect(ending).toMatchObject({ stopped: false, codes: [], sentences: ['By the way.'] });
  });
});

describe('an error that ends a run', () => {
  const one = new ApiError('One failed.', { failure: 'lost' });
  it.each([
    [auth, true, [4]],
    [unavailable, true, [8]],
    [new RunEnded('over'), true, []],
  ])('%s ends it in good order', (error, ends, codes) => {
    const ending = setUp();
    endBy(error, ending);
    expect(isRunEnding(error)).toBe(ends);
    expect(ending.codes).toEqual(codes);
  });

  it.each([one, new TypeError('a bug'), 'text', null])('%s is thrown on', (error) => {
    const ending = setUp();
    expect(isRunEnding(error)).toBe(false);
    let thrown: unknown = 'nothing';
    try {
      endBy(error, ending);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBe(error);
    expect(ending.codes).toEqual([]);
  });
});
