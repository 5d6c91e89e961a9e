import { html, type Markup } from '../../report/formats/html/markup.ts';
import { count } from '../../report/formats/html/words.ts';

/** One column: its parts from the ground up. */
export interface Column {
  /** What is said of it where the pointer rests. */
  readonly title: string;
  readonly tick: string;
  readonly parts: readonly (readonly [look: string, n: number])[];
  /** Under the column; null: nothing. */
  readonly mark: 'cross' | 'ring' | null;
}

/** Columns that share the width of wherever they are; drawn without measuring a text. */
export function columns(name: string, all: readonly Column[]): Markup {
  const top = roundUp(Math.max(1, ...all.map(({ parts }) => parts.reduce((sum, [, n]) => sum + n, 0))));
  return html`<div class="plot" role="img" aria-label="${name}">
${scale(top)}<div class="columns">${all.map((one) => column(one, top))}</div>
${ticks(all)}</div>
`;
}

function column({ title, parts, mark }: Column, top: number): Markup {
  let ground = 100;
  const bars = parts
    .filter(([, n]) => n > 0)
    .map(([look, n]) => {
      // What is there must be seen, however little of the whole it is.
      const height = Math.max(1, (n / top) * 100);
      ground -= height;
      return html`<rect class="${look}" width="10" y="${ground.toFixed(2)}" height="${height.toFixed(2)}"/>`;
    });
  return html`<div class="column"><svg viewBox="0 0 10 100" preserveAspectRatio="none"><title>${title}</title><rect class="${mark === 'cross' ? 'idle' : 'air'}" width="10" height="100"/>${bars}</svg><i>${mark === null ? null : mark === 'cross' ? '×' : '○'}</i></div>`;
}

/** A number at a place of the axis; null: nothing is known of it. */
export interface Level {
  readonly title: string;
  readonly tick: string;
  readonly due: number | null;
  readonly left: number | null;
}

/** A surface under what was due, and a broken line for what was left. */
export function course(name: string, all: readonly Level[]): Markup {
  const top = roundUp(Math.max(1, ...all.map(({ due, left }) => Math.max(due ?? 0, left ?? 0))));
  const place = (n: number) => (100 - (n / top) * 100).toFixed(2);
  const points = (of: 'due' | 'left') =>
    all.map((level, at) => {
      const n = level[of];
      return n === null ? null : ([(at * 10 + 5).toString(), place(n)] as const);
    });
  const due = points('due');
  const left = points('left');
  return html`<div class="plot" role="img" aria-label="${name}">
${scale(top)}<svg class="course" viewBox="0 0 ${all.length * 10} 100" preserveAspectRatio="none">
<path class="surface" d="${stretches(due).map(surface).join('')}"/>
<path class="line due" d="${stretches(due).map(line).join('')}"/><path class="dots due" d="${dots(due)}"/>
<path class="line left" d="${stretches(left).map(line).join('')}"/><path class="dots left" d="${dots(left)}"/>
${all.map(({ title }, at) => html`<rect class="air" x="${at * 10}" width="10" height="100"><title>${title}</title></rect>`)}</svg>
${ticks(all)}</div>
`;
}

type Point = readonly [x: string, y: string];

/** What hangs together; a gap wherever nothing is known. */
function stretches(points: readonly (Point | null)[]): Point[][] {
  const found: Point[][] = [[]];
  for (const point of points) {
    if (point === null) found.push([]);
    else found.at(-1)?.push(point);
  }
  return found.filter(({ length }) => length > 0);
}

function line(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`;
}

function surface(points: readonly Point[]): string {
  return `${line(points)}V100H${points[0]?.[0]}Z`;
}

/** The latest, and whatever has no neighbour: a line through one point cannot be seen. */
function dots(points: readonly (Point | null)[]): string {
  const latest = points.findLastIndex((point) => point !== null);
  return points
    .map((point, at) => {
      const isAlone = (points[at - 1] ?? null) === null && (points[at + 1] ?? null) === null;
      return point !== null && (at === latest || isAlone) ? `M${point[0]} ${point[1]}h0` : '';
    })
    .join('');
}

/** Lying bars under their names. */
export function lyingBars(rows: readonly { readonly name: string; readonly n: number }[]): Markup {
  const most = Math.max(1, ...rows.map(({ n }) => n));
  return html`<ul class="lying">
${rows.map(({ name, n }) => html`<li><span>${name}</span> <b>${count(n)}</b><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"/><rect class="kept" width="${((n / most) * 100).toFixed(2)}" height="1"/></svg></li>\n`)}</ul>
`;
}

function scale(top: number): Markup {
  return html`<div class="scale" aria-hidden="true"><span>${count(top)}</span>${top % 2 === 0 ? html`<span>${count(top / 2)}</span>` : null}</div>
`;
}

/** Counted from the end, so that the latest has a name: one for each week. */
function ticks(all: readonly { readonly tick: string }[]): Markup {
  const shown = all.filter((_, at) => (all.length - 1 - at) % 7 === 0);
  return html`<div class="ticks" aria-hidden="true">${shown.map(({ tick }) => html`<span>${tick}</span>`)}</div>
`;
}

/** To a round number whose half is whole too, or to 1. */
export function roundUp(n: number): number {
  const size = 10 ** Math.floor(Math.log10(n));
  const tops = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((step) => Math.round(step * size * 10) / 10);
  return tops.find((top) => top >= n && (top === 1 || top % 2 === 0)) ?? n;
}
