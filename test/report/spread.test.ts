import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import { histogramOf, spreadOf } from '../../src/report/spread.ts';

describe('percentiles', () => {
  it.each<[string, number[], [number | null, number | null, number | null]]>([
    ['of nothing', [], [null, null, null]],
    ['of one value', [7], [7, 7, 7]],
    ['of two', [9, 1], [1, 9, 9]],
    ['of ten, by nearest rank', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], [5, 9, 10]],
    ['of eleven', [11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6], [6, 10, 11]],
    ['sorted as numbers, not as text', [100, 20, 3], [20, 100, 100]],
  ])('%s', (_, values, [p50Ms, p90Ms, maxMs]) => {
    expect(spreadOf(values)).toEqual({ n: values.length, p50Ms, p90Ms, maxMs });
  });

  it('are values that occurred, of which enough are not greater', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (values) => {
        const { p50Ms, p90Ms, maxMs } = spreadOf(values);
        for (const [value, share] of [
          [p50Ms, 0.5],
          [p90Ms, 0.9],
          [maxMs, 1],
        ] as const) {
          expect(values).toContain(value);
          const notGreater = values.filter((one) => one <= Number(value)).length;
          const smaller = values.filter((one) => one < Number(value)).length;
          expect(notGreater).toBeGreaterThanOrEqual(share * values.length);
          expect(smaller).toBeLessThan(share * values.length);
        }
      }),
    );
  });
});

describe('the histogram', () => {
  it('has seven bins whose lower edge is in them', () => {
    const days = [0, 0.99, 1, 1.99, 2, 3, 6.99, 7, 14, 29.99, 30, 400];
    const bins = histogramOf(days.map((n) => n * DAY));
    expect(bins.map(({ label, n }) => [label, n])).toEqual([
      ['<1d', 2],
      ['1-2d', 2],
      ['2-3d', 1],
      ['3-7d', 2],
      ['7-14d', 1],
      ['14-30d', 2],
      ['>30d', 2],
    ]);
    expect(bins[3]).toMatchObject({ fromMs: 3 * DAY, toMs: 7 * DAY });
    expect(bins[6]).toMatchObject({ fromMs: 30 * DAY, toMs: null });
  });

  it('of nothing has its bins too', () => {
    expect(histogramOf([]).map(({ n }) => n)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
