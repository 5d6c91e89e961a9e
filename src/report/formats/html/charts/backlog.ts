import type { Drawing } from '../draw.ts';
import { across, type Frame, floor, PADDING, type Place, upwards } from './parts.ts';

/** What the latest sweep of a place met and left; null where none ran, or did not live to tell. */
export interface Level extends Place {
  readonly due: number | null;
  readonly left: number | null;
}

/** A surface down to what was left, and a line over it; a gap wherever nothing is known. */
export function backlogChart(levels: readonly Level[], frame: Frame): Drawing {
  const values = levels.map(({ key, due, left }) => ({ key, due, left }));
  const most = Math.max(0, ...levels.map(({ due, left }) => Math.max(due ?? 0, left ?? 0)));
  const x = across(levels);
  const y = (field: Known) => ({ ...upwards(field, most), stack: null });
  const broken = { invalid: 'break-paths-show-domains', strokeJoin: 'round', strokeWidth: 2 };
  const dots = (field: Known, color: string) => ({
    data: { values: dotted(levels, field).map((level) => ({ key: level.key, [field]: level[field] })) },
    mark: { type: 'point', shape: 'circle', filled: true, size: 40, color, opacity: 1 },
    encoding: { x, y: y(field) },
  });
  return {
    ...frame,
    padding: PADDING,
    layer: [
      {
        data: { values },
        mark: { ...broken, type: 'area', color: 'var(--closed-veil)', opacity: 1 },
        encoding: { x, y: y('due') },
      },
      ...floor(levels, frame),
      {
        data: { values },
        mark: { ...broken, type: 'line', color: 'var(--trouble)', strokeDash: [5, 3] },
        encoding: { x, y: y('left') },
      },
      {
        data: { values },
        mark: { ...broken, type: 'line', color: 'var(--closed)' },
        encoding: { x, y: y('due') },
      },
      dots('left', 'var(--trouble)'),
      dots('due', 'var(--closed)'),
    ],
  };
}

type Known = 'due' | 'left';

/** The latest, and whatever has no neighbour: a line through one point cannot be seen. */
function dotted(levels: readonly Level[], field: Known): Level[] {
  const at = (index: number) => levels[index]?.[field] ?? null;
  const latest = levels.findLastIndex((level) => level[field] !== null);
  return levels.filter(
    (level, index) =>
      level[field] !== null && (index === latest || (at(index - 1) === null && at(index + 1) === null)),
  );
}
