import { type Content, html, type Markup } from './markup.ts';
import { count } from './words.ts';

/** The first column names the row; numbers stand at the right. */
export interface DataTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (Content | number)[])[];
  /** The sums, where there are any. */
  readonly foot?: readonly (string | number)[];
}

/** A table that a screen reader can walk through, and that scrolls by itself where it is too wide. */
export function dataTable({ caption, head, rows, foot }: DataTable): Markup {
  const numeric = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  const shape = (at: number) => (numeric[at] ? 'n' : 't');
  const line = (cells: readonly Content[]) =>
    html`<tr>${cells.map((cell, at) =>
      at === 0
        ? html`<th scope="row">${shownCell(cell)}</th>`
        : html`<td class="${cell === 0 ? `${shape(at)} zero` : shape(at)}">${shownCell(cell)}</td>`,
    )}</tr>\n`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${head.map((name, at) => html`<th scope="col" class="${shape(at)}">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
${foot === undefined ? null : html`<tfoot>${line(foot)}</tfoot>\n`}</table>
</div>`;
}

function shownCell(cell: Content): Content {
  return typeof cell === 'number' ? count(cell) : cell;
}
