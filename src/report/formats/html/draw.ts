import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup, trusted } from './markup.ts';

/** A chart before it is drawn: its own size in pixels, which the page scales, and what Vega-Lite shall draw. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Between the edge and the plot; room for labels. */
  readonly padding: Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>;
  /** Vega-Lite's layers, the hindmost first; each with its own data. */
  readonly layer: readonly object[];
}

/**
 * Draws with Vega, which is loaded only here because it is large. Every colour is a variable of the style sheet, so
 * that one drawing is right in light, in dark and on paper. The same input gives the same bytes.
 * @param name what a screen reader says in place of the picture
 * @param looks classes of the SVG
 */
export async function draw(drawing: Drawing, name: string, looks: string): Promise<Markup> {
  const vega = await import('vega');
  const { compile } = await import('vega-lite');
  const quiet = vega.logger(vega.None);
  const { spec } = compile(specOf(drawing) as TopLevelSpec, { logger: quiet });
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logger: quiet });
  try {
    const { width, height } = drawing;
    return html`<svg class="${looks}" role="img" aria-label="${name}" viewBox="0 0 ${width} ${height}">${inside(await view.toSVG())}</svg>`;
  } finally {
    view.finalize();
  }
}

function specOf({ width, height, padding, layer }: Drawing): object {
  return {
    width: width - padding.left - padding.right,
    height: height - padding.top - padding.bottom,
    padding,
    // Sizes are ours: Vega's would follow from guessed widths of texts.
    autosize: { type: 'none' },
    background: null,
    config: CONFIG,
    layer,
  };
}

const FONT = 'inherit';
const CONFIG = {
  // One name for the whole; its parts say nothing by themselves.
  aria: false,
  font: FONT,
  view: { stroke: null },
  text: { font: FONT, fontSize: 12, color: 'var(--soft)' },
  axis: {
    labelFont: FONT,
    labelFontSize: 12,
    labelColor: 'var(--soft)',
    labelPadding: 8,
    // Nothing may hang on the width of a text, which depends on whether a canvas is installed.
    labelLimit: 0,
    labelOverlap: false,
    domain: false,
    ticks: false,
    gridColor: 'var(--grid)',
    title: null,
  },
};

/** What Vega says of each part: of no use inside one picture, and half of the bytes. */
const NOISE =
  / (?:role|class|aria-[a-z]+|pointer-events|font-family|stroke-miterlimit)="[^"]*"| (?:opacity="1"|stroke-width="1")/g;
const UNSEEN = /<path d="(?:M0,0h0v0h0Z)?"(?: display="none")?\/>/g;
const LONG_FRACTION = /(\d\.\d\d)\d+/g;

/** The picture without its outermost tag. Only tags are touched: in texts Vega has escaped both brackets. */
function inside(svg: string): Markup {
  const body = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'));
  return trusted(
    body
      .replace(/<[^>]*>/g, (tag) => tag.replace(NOISE, '').replace(LONG_FRACTION, '$1'))
      .replace(UNSEEN, '')
      .replace(/<g>(?:<g><\/g>)*<\/g>/g, ''),
  );
}
