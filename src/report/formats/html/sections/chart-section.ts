import { type DataTable, dataTable } from '../data-table.ts';
import { type Content, html, type Markup } from '../markup.ts';

/** A chart with all that belongs to it. */
export interface ChartSection {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, for everybody. */
  readonly say: Content;
  /** Classes of the sheet's keys, and what they stand for. */
  readonly legend?: readonly (readonly [look: string, meaning: string])[];
  /** The chart in all its sizes; null when there is nothing to draw. */
  readonly pictures: readonly Markup[] | null;
  /** The figures behind the chart. */
  readonly table: DataTable;
}

/** A heading, the chart, and its figures as a table that opens on demand. */
export function chartSection({ id, title, say, legend, pictures, table }: ChartSection): Markup {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="say">${say}</p>
${pictures === null ? null : [legend === undefined ? null : legendOf(legend), ...pictures, tableBehind(table)]}
</section>
`;
}

function legendOf(entries: NonNullable<ChartSection['legend']>): Markup {
  const items = entries.map(
    ([look, meaning]) =>
      html`<li><span class="key ${look}" aria-hidden="true">${look === 'cross' ? '×' : null}</span>${meaning}</li>`,
  );
  return html`<ul class="legend">${items}</ul>\n`;
}

function tableBehind(table: DataTable): Markup {
  return html`\n<details><summary>Show as a table<span class="hidden">: ${table.caption}</span></summary>\n${dataTable(table)}\n</details>`;
}
