import { describe, expect, it } from 'vitest';
import { isEnd, type RetainedOutcome, stillNeeded } from '../../src/domain/retention.ts';
import { HOUR } from '../../src/domain/time.ts';

const NOW = Date.UTC(2026, 0, 15, 2, 0, 0);

type Told = [hoursAgo: number, what: RetainedOutcome['outcome'] | 'forbidden', exitCode?: number];

/** Newest first; the ids count down to 1. */
function past(told: readonly Told[]): RetainedOutcome[] {
  return told.map(([hoursAgo, what, exitCode = 0], index) => ({
    id: told.length - index,
    outcome: what === 'forbidden' ? 'failed' : what,
    httpStatus: what === 'forbidden' ? 403 : null,
    decidedAt: NOW - hoursAgo * HOUR,
    exitCode,
  }));
}

describe('what the next look goes by', () => {
  it.each<[string, Told[], number[]]>([
    ['nothing without a past', [], []],
    [
      'the last that brought news, and nothing before it',
      [
        [0, 'kept'],
        [24, 'unconfirmed'],
        [48, 'kept'],
      ],
      [3],
    ],
    [
      'what brought none too, as it is read on the way',
      [
        [0, 'failed'],
        [24, 'not_attempted'],
        [48, 'kept'],
        [72, 'kept'],
      ],
      [4, 3, 2],
    ],
    [
      'three nights that could not be closed, and no fourth',
      [
        [0, 'unconfirmed'],
        [24, 'forbidden'],
        [48, 'unconfirmed'],
        [72, 'unconfirmed'],
      ],
      [4, 3, 2],
    ],
    [
      'every try of those nights',
      [
        [0, 'unconfirmed'],
        [1, 'unconfirmed'],
        [24, 'unconfirmed'],
        [48, 'unconfirmed'],
      ],
      [4, 3, 2, 1],
    ],
    [
      'not those of nights that were bad for everybody, but for the last news',
      [
        [0, 'kept', 8],
        [24, 'unconfirmed', 4],
        [48, 'kept'],
        [72, 'kept'],
      ],
      [4, 2],
    ],
  ])('%s', (_, told, expected) => {
    const outcomes = past(told);
    expect([...stillNeeded(() => outcomes)].sort((a, b) => b - a)).toEqual(expected);
  });

  it('is read no further than the ledger reads', () => {
    const many = past(Array.from({ length: 150 }, (_, i) => [i, 'failed']));
    expect(stillNeeded(() => many).size).toBe(100);
  });

  it('ends are those after which nobody is there', () => {
    const kinds = ['closed', 'already_closed', 'not_found', 'kept', 'unconfirmed', 'failed'] as const;
    expect(kinds.filter(isEnd)).toEqual(['closed', 'already_closed', 'not_found']);
  });
});
