import type { Drawing } from '../draw.ts';
import { across, type Frame, floor, PADDING, type Place, upwards } from './parts.ts';

/** How many were closed after being idle for about so long. */
export interface Bin extends Place {
  readonly closed: number;
}

/** A histogram: bars that touch. */
export function idleChart(bins: readonly Bin[], frame: Frame): Drawing {
  const most = Math.max(0, ...bins.map(({ closed }) => closed));
  return {
    ...frame,
    padding: PADDING,
    layer: [
      {
        data: { values: bins.map(({ key, closed }) => ({ key, closed })) },
        mark: { type: 'bar', color: 'var(--closed)' },
        encoding: { x: across(bins), y: upwards('closed', most) },
      },
      ...floor(bins, frame),
    ],
  };
}
