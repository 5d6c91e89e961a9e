import { OUTCOMES } from '../../../../domain/outcome.ts';
import type { Report, ReportRow } from '../../../report.ts';
import { dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import { count, spaced } from '../words.ts';

const SHOWN = 20;

/** The table that was asked for with `--by`; by day it is behind the first chart already. */
export function groupsSection({ by, rows, totals }: Report): Markup | null {
  if (by === 'day' || rows.length === 0) return null;
  const outcomes = OUTCOMES.filter((outcome) => totals[outcome] > 0);
  const shown = largest(rows);
  const rest = rows.length - shown.length;
  return html`<section class="long" aria-labelledby="groups">
<h2 id="groups">Outcomes by ${by}</h2>
${dataTable({
  caption: rest > 0 ? `The ${SHOWN} with the most outcomes, and the sums of all` : `Outcomes by ${by}`,
  head: [by, ...outcomes.map(spaced)],
  rows: shown.map((row) => [row.key, ...outcomes.map((outcome) => row[outcome])]),
  foot: ['all', ...outcomes.map((outcome) => totals[outcome])],
})}
${rest > 0 ? html`<p class="more">and ${count(rest)} more, which the formats csv and json have</p>\n` : null}</section>
`;
}

/** Those with most to say, in the order in which they came. */
function largest(rows: readonly ReportRow[]): ReportRow[] {
  const size = (row: ReportRow) => OUTCOMES.reduce((sum, outcome) => sum + row[outcome], 0);
  const chosen = new Set([...rows].sort((a, b) => size(b) - size(a)).slice(0, SHOWN));
  return rows.filter((row) => chosen.has(row));
}
