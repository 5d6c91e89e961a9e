import { OUTCOMES } from '../../../../domain/outcome.ts';
import type { Report, ReportRow } from '../../../report.ts';
import { dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import { andMore, type Room } from '../shorter.ts';
import { spaced } from '../words.ts';

const ROWS: Room = { onScreen: 20, onPaper: 10 };

/** The table that was asked for with `--by`; by day it is behind the first chart already. */
export function groupsSection({ by, rows, totals }: Report): Markup | null {
  if (by === 'day' || rows.length === 0) return null;
  const outcomes = OUTCOMES.filter((outcome) => totals[outcome] > 0);
  const isCut = rows.length > ROWS.onScreen;
  return html`<section class="long" aria-labelledby="groups">
<h2 id="groups">Outcomes by ${by}</h2>
${dataTable({
  caption: isCut ? 'Those with the most outcomes, and the sums of all' : 'How often each outcome occurred',
  head: [by, ...outcomes.map(spaced)],
  rows: (isCut ? largest(rows) : rows).map((row) => [row.key, ...outcomes.map((outcome) => row[outcome])]),
  foot: ['all', ...outcomes.map((outcome) => totals[outcome])],
  room: ROWS,
})}
${andMore(rows.length - ROWS.onScreen, rows.length - ROWS.onPaper, '; the formats csv and json have all of them')}</section>
`;
}

/** Those with most to say, the largest first. */
function largest(rows: readonly ReportRow[]): ReportRow[] {
  const size = (row: ReportRow) => OUTCOMES.reduce((sum, outcome) => sum + row[outcome], 0);
  return [...rows].sort((a, b) => size(b) - size(a)).slice(0, ROWS.onScreen);
}
