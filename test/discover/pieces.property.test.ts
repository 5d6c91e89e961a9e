import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halvesOf, piecesOf } from '../../src/discover/pieces.ts';
import type { Period } from '../../src/discover/ports.ts';
import { DAY } from '../../src/domain/time.ts';
import { tries } from '../helpers/fuzz.ts';
import { T0 } from './analytics.ts';

const period = fc
  .tuple(fc.integer({ min: -50 * DAY, max: 50 * DAY }), fc.integer({ min: 1, max: 400 * DAY }))
  .map(([offset, length]): Period => ({ since: T0 + offset, until: T0 + offset + length }));

/** One after the other, without a gap or an overlap, from the beginning to the end; cut at midnight only. */
function demandExactCover(pieces: readonly Period[], whole: Period): void {
  expect([pieces[0]?.since, pieces.at(-1)?.until]).toEqual([whole.since, whole.until]);
  expect(pieces.filter(({ since, until }) => since >= until)).toEqual([]);
  const later = pieces.slice(1);
  expect(later.filter(({ since }, index) => since !== pieces[index]?.until || since % DAY !== 0)).toEqual([]);
}

describe('the pieces of a period', () => {
  it('cover it exactly, are no longer than a week, and never cut a day in two', () => {
    fc.assert(
      fc.property(period, (whole) => {
        const pieces = piecesOf(whole);
        demandExactCover(pieces, whole);
        expect(pieces.filter(({ since, until }) => until - since > 7 * DAY)).toEqual([]);
      }),
      tries(300),
    );
  });

  it('are cut in halves down to single days', () => {
    fc.assert(
      fc.property(period, (whole) => {
        const cut = (piece: Period): Period[] => halvesOf(piece)?.flatMap(cut) ?? [piece];
        const days = piecesOf(whole).flatMap(cut);
        demandExactCover(days, whole);
        const dayOf = (at: number) => Math.floor(at / DAY);
        expect(days.filter(({ since, until }) => dayOf(since) !== dayOf(until - 1))).toEqual([]);
      }),
      tries(200),
    );
  });

  it('of no time are none', () => {
    expect(piecesOf({ since: T0, until: T0 })).toEqual([]);
  });
});
