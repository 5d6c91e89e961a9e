import type { Drawing } from '../draw.ts';
import {
  across,
  type Frame,
  floor,
  PADDING,
  type Place,
  plotHeight,
  RAIL_ROOM,
  rail,
  upwards,
} from './parts.ts';

/** What is stacked, from the ground up; the words are variables of the style sheet too. */
export const PARTS = ['closed', 'ended', 'gone', 'trouble'] as const;
export type Part = (typeof PARTS)[number];

/** A day, or as many as one bar stands for. */
export interface Bar extends Place {
  readonly parts: Readonly<Record<Part, number>>;
  /** Whether a full sweep was at work on none of its days, on some, or on each; `unexpected`: before the first one. */
  readonly ran: 'never' | 'sometimes' | 'always' | 'unexpected';
}

/** Bars stacked by outcome. A cross where no sweep ran; a ring where one ran and had nothing to do. */
export function closedChart(bars: readonly Bar[], frame: Frame): Drawing {
  const total = ({ parts }: Bar) => PARTS.reduce((sum, part) => sum + parts[part], 0);
  const most = Math.max(0, ...bars.map(total));
  const x = across(bars);
  return {
    ...frame,
    padding: { ...PADDING, bottom: PADDING.bottom + RAIL_ROOM },
    layer: [
      {
        data: { values: bars.filter(({ ran }) => ran === 'never').map(({ key }) => ({ key })) },
        mark: { type: 'bar', color: 'var(--idle-night)' },
        encoding: { x, y: { value: 0 }, y2: { value: plotHeight(frame, RAIL_ROOM) } },
      },
      {
        data: { values: bars.flatMap(slicesOf) },
        mark: { type: 'bar' },
        encoding: {
          x,
          y: { ...upwards('from', most), stack: null },
          y2: { field: 'to' },
          fill: {
            field: 'part',
            scale: { domain: PARTS, range: PARTS.map((part) => `var(--${part})`) },
            legend: null,
          },
        },
      },
      ...floor(bars, frame, RAIL_ROOM),
      rail(
        bars.filter(({ ran }) => ran === 'never' || ran === 'sometimes'),
        bars,
        frame,
        { shape: 'M-1,-1L1,1M1,-1L-1,1', stroke: 'var(--ink)', strokeWidth: 1.5 },
      ),
      rail(
        bars.filter((bar) => bar.ran === 'always' && total(bar) === 0),
        bars,
        frame,
        { shape: 'circle', stroke: 'var(--soft)', strokeWidth: 1.2 },
      ),
    ],
  };
}

/** Stacked here and not by Vega, so that the order is that of the legend. */
function slicesOf({ key, parts }: Bar): object[] {
  let from = 0;
  return PARTS.filter((part) => parts[part] > 0).map((part) => {
    const slice = { key, part, from, to: from + parts[part] };
    from = slice.to;
    return slice;
  });
}
