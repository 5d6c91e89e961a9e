import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OpenQuery, Period } from '../../src/discover/ports.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { DAY } from '../../src/domain/time.ts';
import { tries } from '../helpers/fuzz.ts';
import { discovered, open, pageOf, T0, touching } from './analytics.ts';

const DAYS = 24;

const scene = fc.record({
  starts: fc.array(fc.integer({ min: 0, max: DAYS * DAY - 1 }), { maxLength: 400, size: 'max' }),
  /** Beyond this many in an interval it refuses. */
  most: fc.integer({ min: 5, max: 500 }),
  how: fc.constantFrom(400, 502, null),
  /** Days for which it never answers. */
  dead: fc.uniqueArray(fc.integer({ min: 0, max: DAYS - 1 }), { maxLength: 2 }),
  deep: fc.boolean(),
  period: fc
    .tuple(fc.integer({ min: 0, max: DAYS * DAY - 2 }), fc.integer({ min: 1, max: DAYS * DAY }))
    .map(([since, length]) => ({ since: T0 + since, until: Math.min(T0 + since + length, T0 + DAYS * DAY) })),
  mapped: fc.nat(5),
});

const holds = ({ since, until }: Period, at: number) => at >= since && at < until;

it('whatever is too much or fails where: each is listed once, and what is not listed is in a gap', async () => {
  const seen = { gaps: 0, splits: 0, listed: 0 };
  await fc.assert(
    fc.asyncProperty(scene, async ({ starts, most, how, dead, deep, period, mapped }) => {
      const all = starts.map((start, n) => open(n, T0 + start));
      const states = new Map(
        all.filter((_, n) => n % 5 < mapped).map((one) => [one.conversationId, 'open' as const]),
      );
      const answer = (query: OpenQuery) => {
        const matching = touching(all, query.period);
        const isDead = dead.some((day) => touching([{ startedAt: T0 + day * DAY }], query.period).length > 0);
        // Some notice only at a later page.
        const isTooMuch = matching.length > most && (!deep || query.page.number > 1);
        if (isDead || isTooMuch) {
          throw new ApiError('too much', { failure: how === 400 ? 'refused' : 'lost', status: how });
        }
        return pageOf(matching, query);
      };
      const { unmapped, mapped: known, gaps, stop, asked } = await discovered(answer, { period }, states);
      const listed = unmapped.map(({ conversationId }) => conversationId);
      const wanted = all.filter((one) => holds(period, one.startedAt) && !states.has(one.conversationId));
      expect(new Set(listed).size, 'each once').toBe(listed.length);
      const possible = new Set(wanted.map(({ conversationId }) => conversationId));
      expect(listed.filter((id) => !possible.has(id))).toEqual([]);
      if (stop === null) {
        const told = new Set(listed);
        const missing = wanted.filter(({ conversationId }) => !told.has(conversationId));
        expect(missing.filter(({ startedAt }) => !gaps.some((gap) => holds(gap, startedAt)))).toEqual([]);
      } else expect(gaps.length).toBeGreaterThanOrEqual(3);
      expect(gaps.filter(({ since, until }) => until - since > DAY)).toEqual([]);
      expect(known).toBeLessThanOrEqual(states.size);
      seen.gaps += gaps.length;
      seen.listed += listed.length;
      seen.splits += asked.filter(({ divisible }) => !divisible).length;
    }),
    tries(150),
  );
  // A fraction of what is usual: that all of it occurs at all.
  expect(seen.gaps).toBeGreaterThan(5);
  expect(seen.splits).toBeGreaterThan(10);
  expect(seen.listed).toBeGreaterThan(100);
});
