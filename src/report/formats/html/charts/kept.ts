import { shortened } from '../../../../domain/text.ts';
import { visible } from '../../../text.ts';
import type { Drawing } from '../draw.ts';
import { count, spaced } from '../words.ts';

/** How many were kept for one reason. */
export interface Kept {
  readonly reason: string;
  readonly n: number;
}

const ROW = 42;
/** What fits above a bar, beside its number. */
const LONGEST = 42;

/** Lying bars, each under its reason: names of any length have room on any screen. */
export function keptChart(reasons: readonly Kept[], width: number): Drawing {
  const most = Math.max(1, ...reasons.map(({ n }) => n));
  const rows = reasons.map(({ reason, n }, at) => ({
    from: 0,
    most,
    words: at * ROW + 12,
    top: at * ROW + 23,
    bottom: at * ROW + 31,
    n,
    reason: shortened(visible(spaced(reason)), LONGEST),
    shown: count(n),
  }));
  const pixels = (field: 'words' | 'top') => ({ field, type: 'quantitative', scale: null, axis: null });
  const words = (field: 'reason' | 'shown', at: number, mark: object) => ({
    data: { values: rows },
    mark: { type: 'text', baseline: 'middle', fontSize: 13, color: 'var(--ink)', ...mark },
    encoding: { x: { value: at }, y: pixels('words'), text: { field } },
  });
  const bars = (to: 'n' | 'most', color: string) => ({
    data: { values: rows },
    mark: { type: 'rect', color, cornerRadius: 2 },
    encoding: {
      x: { field: 'from', type: 'quantitative', scale: { domain: [0, most], nice: false }, axis: null },
      x2: { field: to },
      y: pixels('top'),
      y2: { field: 'bottom' },
    },
  });
  return {
    width,
    height: Math.max(1, ROW * rows.length),
    padding: { left: 0, right: 0, top: 0, bottom: 0 },
    layer: [
      words('reason', 0, { align: 'left' }),
      words('shown', width, { align: 'right', fontWeight: 600 }),
      bars('most', 'var(--track)'),
      bars('n', 'var(--kept)'),
    ],
  };
}
