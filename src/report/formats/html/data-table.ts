import { type Content, html, type Markup } from './markup.ts';
import { type Room, spare } from './shorter.ts';
import { count } from './words.ts';

export interface DataTable {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell names its row; columns of numbers stand at the right. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** The sums, where there are any. */
  readonly foot?: readonly (string | number)[];
  /** Rows beyond it are left out on paper; all are shown when it is not given. */
  readonly room?: Room;
}

/** A table that a screen reader can walk through, and that scrolls by itself where it is too wide. */
export function dataTable({ caption, head, rows, foot, room }: DataTable): Markup {
  const isNumeric = head.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const cellOf = (cell: string | number, at: number) => {
    if (at === 0) return html`<th scope="row">${shown(cell)}</th>`;
    return html`<td${looks(isNumeric[at] && 'n', cell === 0 && 'zero')}>${shown(cell)}</td>`;
  };
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${head.map((name, at) => html`<th scope="col"${looks(isNumeric[at] && 'n')}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row, at) => html`<tr${room === undefined ? null : spare(at, room)}>${row.map(cellOf)}</tr>\n`)}</tbody>
${foot === undefined ? null : html`<tfoot><tr>${foot.map(cellOf)}</tr></tfoot>\n`}</table>
</div>`;
}

function looks(...classes: readonly (string | false | undefined)[]): Markup | null {
  const given = classes.filter(Boolean);
  return given.length === 0 ? null : html` class="${given.join(' ')}"`;
}

function shown(cell: string | number): Content {
  return typeof cell === 'number' ? count(cell) : cell;
}
