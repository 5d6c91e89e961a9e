import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/domain/errors.ts';
import { type Breaker, createBreaker } from '../../src/genesys/breaker.ts';
import { START } from '../helpers/virtual-clock.ts';

const SECOND = 1_000;

/** `count` attempts in a row that fail, evenly spread from `from` until `to` (seconds). */
function failing(breaker: Breaker, count: number, from: number, to: number): void {
  for (let i = 0; i < count; i++) {
    breaker.begun(START + SECOND * (from + ((to - from) * i) / Math.max(1, count - 1)));
    breaker.failed('it was lost');
  }
}

function isOpen(breaker: Breaker, atSeconds: number): boolean {
  try {
    breaker.check(START + atSeconds * SECOND);
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(UnavailableError);
    return true;
  }
}

describe('a run must not go on', () => {
  it.each<[what: string, prepare: (breaker: Breaker) => void, atSeconds: number, open: boolean]>([
    ['before anything was tried', () => {}, 3_600, false],
    ['twenty attempts and a minute without an answer', (b) => failing(b, 20, 0, 50), 60, true],
    ['a second sooner', (b) => failing(b, 20, 0, 50), 59, false],
    ['an attempt fewer, however long', (b) => failing(b, 19, 0, 50), 3_600, false],
    ['thousands of attempts within seconds', (b) => failing(b, 5_000, 0, 20), 20, false],
    [
      'an answer in between, since when it is less than a minute',
      (b) => {
        failing(b, 50, 0, 55);
        b.answered();
        failing(b, 50, 56, 70);
      },
      115,
      false,
    ],
    [
      'a minute after that answer as well',
      (b) => {
        failing(b, 50, 0, 55);
        b.answered();
        failing(b, 50, 56, 70);
      },
      116,
      true,
    ],
    [
      'an hour in which nobody tried, and some failures since',
      (b) => {
        b.begun(START);
        b.answered();
        failing(b, 50, 3_600, 3_620);
      },
      3_620,
      false,
    ],
    [
      'a clock that was set back by an hour meanwhile',
      (b) => {
        failing(b, 10, 0, 30);
        failing(b, 10, -3_600, -3_560);
      },
      -3_541,
      false,
    ],
    [
      'and a minute after it was set back',
      (b) => {
        failing(b, 10, 0, 30);
        failing(b, 10, -3_600, -3_560);
      },
      -3_540,
      true,
    ],
    [
      'a minute in which all were turned away',
      (b) => {
        for (let i = 0; i < 20; i++) {
          b.begun(START);
          b.turnedAway('it was rate limited');
        }
      },
      60,
      true,
    ],
  ])('after %s', (_, prepare, atSeconds, open) => {
    const breaker = createBreaker();
    prepare(breaker);
    expect(isOpen(breaker, atSeconds)).toBe(open);
  });

  it('and is told in one sentence why, and what becomes of the rest', () => {
    const breaker = createBreaker();
    failing(breaker, 24, 0, 60);
    expect(() => breaker.check(START + 61 * SECOND)).toThrow(
      /^Genesys Cloud has answered none of the last 24 requests, for 1m 1s now \(it was lost\); the rest is left for the next run\.$/,
    );
  });
});

describe('others wait', () => {
  it.each([
    [4, 0],
    [5, 3_000],
    [50, 3_000],
  ])('after %i failures in a row for %i ms', (count, ms) => {
    const breaker = createBreaker();
    failing(breaker, count, 0, 10);
    expect(breaker.pauseMs()).toBe(ms);
  });

  it('no more after an answer', () => {
    const breaker = createBreaker();
    failing(breaker, 50, 0, 10);
    breaker.answered();
    failing(breaker, 4, 10, 12);
    expect(breaker.pauseMs()).toBe(0);
  });

  it('no longer than the reply says when one was only turned away', () => {
    const breaker = createBreaker();
    for (let i = 0; i < 50; i++) breaker.turnedAway('it was rate limited');
    expect(breaker.pauseMs()).toBe(0);
  });
});
