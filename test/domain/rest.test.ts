import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/domain/outcome.ts';
import { type PastOutcome, restsUntil } from '../../src/domain/rest.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';

const NOW = Date.UTC(2026, 0, 15, 2, 0, 0);
const WEEKLY = 7 * DAY - 12 * HOUR;

type Told = [hoursAgo: number, outcome: PastOutcome['outcome'] | 'forbidden' | 'server error'];

/** Newest first. */
function past(told: readonly Told[]): PastOutcome[] {
  return told.map(([hoursAgo, what]) => ({
    outcome: what === 'forbidden' || what === 'server error' ? 'failed' : what,
    httpStatus: { forbidden: 403, 'server error': 503 }[what as string] ?? null,
    decidedAt: NOW - hoursAgo * HOUR,
  }));
}

describe('a conversation rests', () => {
  it.each<[string, Told[], number | null]>([
    ['not without a past', [], null],
    [
      'not after two nights',
      [
        [0, 'unconfirmed'],
        [24, 'unconfirmed'],
      ],
      null,
    ],
    [
      'for a week after three nights unconfirmed',
      [
        [0, 'unconfirmed'],
        [24, 'unconfirmed'],
        [48, 'unconfirmed'],
      ],
      NOW + WEEKLY,
    ],
    [
      'after three nights forbidden',
      [
        [5, 'forbidden'],
        [29, 'forbidden'],
        [53, 'forbidden'],
      ],
      NOW - 5 * HOUR + WEEKLY,
    ],
    [
      'after a mixture of both',
      [
        [0, 'unconfirmed'],
        [24, 'forbidden'],
        [48, 'unconfirmed'],
      ],
      NOW + WEEKLY,
    ],
    [
      'not after three runs of one night',
      [
        [0, 'unconfirmed'],
        [1, 'unconfirmed'],
        [11, 'unconfirmed'],
      ],
      null,
    ],
    [
      'not after three runs of two nights',
      [
        [0, 'unconfirmed'],
        [1, 'unconfirmed'],
        [12, 'unconfirmed'],
        [13, 'unconfirmed'],
      ],
      null,
    ],
    [
      'when runs half a day apart were three',
      [
        [0, 'unconfirmed'],
        [12, 'unconfirmed'],
        [24, 'unconfirmed'],
      ],
      NOW + WEEKLY,
    ],
    [
      'not when it was kept in between',
      [
        [0, 'unconfirmed'],
        [24, 'unconfirmed'],
        [36, 'kept'],
        [48, 'unconfirmed'],
        [72, 'unconfirmed'],
      ],
      null,
    ],
    [
      'not when it has been closed since',
      [
        [0, 'closed'],
        [24, 'unconfirmed'],
        [48, 'unconfirmed'],
        [72, 'unconfirmed'],
      ],
      null,
    ],
    [
      'although nights in between could not tell',
      [
        [0, 'unconfirmed'],
        [24, 'server error'],
        [48, 'unconfirmed'],
        [60, 'not_attempted'],
        [72, 'unconfirmed'],
        [80, 'expired'],
      ],
      NOW + WEEKLY,
    ],
    [
      'although its request ran out in between',
      [
        [0, 'unconfirmed'],
        [24, 'unconfirmed'],
        [36, 'expired'],
        [48, 'unconfirmed'],
      ],
      NOW + WEEKLY,
    ],
    [
      'from the latest try that told, not from one that did not',
      [
        [0, 'server error'],
        [24, 'unconfirmed'],
        [48, 'unconfirmed'],
        [72, 'unconfirmed'],
      ],
      NOW - DAY + WEEKLY,
    ],
    [
      'not for failures that are the network’s',
      [
        [0, 'server error'],
        [24, 'server error'],
        [48, 'server error'],
      ],
      null,
    ],
  ])('%s', (_, told, expected) => {
    expect(restsUntil(past(told))).toBe(expected);
  });

  it('for less than a week and more than six days, whatever came before', () => {
    const one = fc.record({
      outcome: fc.constantFrom(...OUTCOMES),
      httpStatus: fc.constantFrom(null, 200, 403, 500),
      decidedAt: fc.integer({ min: NOW - 30 * DAY, max: NOW }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (outcomes) => {
        const newestFirst = outcomes.toSorted((a, b) => b.decidedAt - a.decidedAt);
        const until = restsUntil(newestFirst);
        const tries = newestFirst.filter(
          ({ outcome, httpStatus }) =>
            outcome === 'unconfirmed' || (outcome === 'failed' && httpStatus === 403),
        );
        if (tries.length < 3) expect(until).toBeNull();
        if (until !== null) {
          expect(until - (tries[0]?.decidedAt ?? 0)).toBeGreaterThan(6 * DAY);
          expect(until - (tries[0]?.decidedAt ?? 0)).toBeLessThan(7 * DAY);
        }
      }),
    );
  });
});
