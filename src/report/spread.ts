import { DAY } from '../domain/time.ts';
import type { Bin, Spread } from './report.ts';

/** Exact percentiles by nearest rank: the smallest value that at least that share of all does not exceed. */
export function spreadOf(valuesMs: readonly number[]): Spread {
  const sorted = Float64Array.from(valuesMs).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { n: sorted.length, p50Ms: at(0.5), p90Ms: at(0.9), maxMs: at(1) };
}

const EDGES_DAYS = [0, 1, 2, 3, 7, 14, 30];

/** How many of them lie between these days of idleness; the lower edge belongs to its bin. */
export function histogramOf(valuesMs: readonly number[]): Bin[] {
  const counts = EDGES_DAYS.map(() => 0);
  for (const value of valuesMs) {
    const bin = Math.max(
      0,
      EDGES_DAYS.findLastIndex((days) => value >= days * DAY),
    );
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return EDGES_DAYS.map((from, index) => {
    const to = EDGES_DAYS[index + 1];
    return {
      label: to === undefined ? `>${from}d` : from === 0 ? `<${to}d` : `${from}-${to}d`,
      fromMs: from * DAY,
      toMs: to === undefined ? null : to * DAY,
      n: counts[index] ?? 0,
    };
  });
}
