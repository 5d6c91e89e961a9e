import { OUTCOMES } from '../domain/outcome.ts';
import type { Totals } from './report.ts';

export function noTotals(): Totals {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Totals;
}

/** Each total of `these` minus that of `those`. */
export function difference(these: Readonly<Totals>, those: Readonly<Totals>): Totals {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, these[outcome] - those[outcome]])) as Totals;
}

/** Of the closes that were tried, the share that is proven; null when none was tried. */
export function successRate({ closed, failed, unconfirmed }: Readonly<Totals>): number | null {
  const tried = closed + failed + unconfirmed;
  return tried === 0 ? null : closed / tried;
}
