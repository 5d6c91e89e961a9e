import type { Drawing } from '../draw.ts';

/** How large a chart is drawn: for a screen or a sheet, or for a telephone. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** How many labels fit under it. */
  readonly labels: number;
}

/** One place on the horizontal axis. */
export interface Place {
  readonly key: string;
  /** What is written under it when there is room. */
  readonly tick: string;
}

/** Room for numbers at the left, and for a line of labels below. */
export const PADDING: Drawing['padding'] = { left: 44, right: 20, top: 12, bottom: 30 };
/** From the line that bars stand on: to the marks on the rail, and to the labels. */
const RAIL = 10;
const LABELS = 12;
/** How much lower the labels are where there is a rail. */
export const RAIL_ROOM = 10;

/** The scale that all layers of a chart share; places without anything keep their room. */
export function across(places: readonly Place[]): object {
  return {
    field: 'key',
    type: 'ordinal',
    scale: { domain: places.map(({ key }) => key), paddingInner: 0.28, paddingOuter: 0.14 },
    axis: null,
  };
}

/** From nothing up, in whole numbers; at least up to 1, so that an empty chart has a scale. */
export function upwards(field: string, most: number): object {
  return {
    field,
    type: 'quantitative',
    scale: { domain: [0, Math.max(most, 1)], nice: 4 },
    axis: { tickCount: 4, tickMinStep: 1, format: most >= 10_000 ? '~s' : ',d' },
  };
}

/** The line that bars stand on, the marks under it, and the labels. Counted from the end: the latest has a label. */
export function floor(places: readonly Place[], frame: Frame, railRoom = 0): object[] {
  const every = Math.max(1, Math.ceil(places.length / frame.labels));
  const labelled = places.filter((_, at) => (places.length - 1 - at) % every === 0);
  const bottom = plotHeight(frame, railRoom);
  return [
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: 'var(--axis)' },
      encoding: { x: { value: 0 }, x2: { value: plotWidth(frame) }, y: { value: bottom } },
    },
    {
      data: { values: labelled },
      mark: { type: 'text', baseline: 'top' },
      encoding: { x: across(places), y: { value: bottom + LABELS + railRoom }, text: { field: 'tick' } },
    },
  ];
}

/** One mark on the rail under each of `some` of the places. */
export function rail(some: readonly Place[], places: readonly Place[], frame: Frame, mark: object): object {
  return {
    data: { values: some.map(({ key }) => ({ key })) },
    mark: { type: 'point', size: frame.width > 500 ? 36 : 20, opacity: 1, ...mark },
    encoding: { x: across(places), y: { value: plotHeight(frame, RAIL_ROOM) + RAIL } },
  };
}

export function plotHeight({ height }: Frame, railRoom: number): number {
  return height - PADDING.top - PADDING.bottom - railRoom;
}

function plotWidth({ width }: Frame): number {
  return width - PADDING.left - PADDING.right;
}
