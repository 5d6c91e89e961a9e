import { OUTCOMES } from '../../domain/outcome.ts';
import { toIso } from '../../domain/time.ts';
import type { Report, Totals } from '../figures.ts';
import { guardedJson } from '../text.ts';

/** Public shape: `report --format json`. */
export function reportJson(report: Report) {
  return {
    since: toIso(report.since),
    until: toIso(report.until),
    timeZone: report.timeZone,
    by: report.by,
    totals: inOrder(report.totals),
    rows: report.rows.map(({ key, ...counts }) => ({ key, ...inOrder(counts) })),
  };
}

/** The same as text, with a line end. */
export function renderJson(report: Report): string {
  return `${guardedJson(JSON.stringify(reportJson(report), null, 2))}\n`;
}

function inOrder(counts: Readonly<Totals>): Totals {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counts[outcome]])) as Totals;
}
