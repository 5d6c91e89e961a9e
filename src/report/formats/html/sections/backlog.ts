import { humanDuration } from '../../../../domain/time.ts';
import type { BacklogPoint, Report } from '../../../report.ts';
import { backlogChart, type Level } from '../charts/backlog.ts';
import { draw } from '../draw.ts';
import type { Markup } from '../markup.ts';
import { bySpan, rulerFor } from '../spans.ts';
import { count, plural } from '../words.ts';
import { chartSection } from './chart-section.ts';
import { NARROW, WIDE } from './frames.ts';

/** What each sweep met and left, so that one sees whether the nights suffice. */
export async function backlogSection(report: Report): Promise<Markup> {
  const { items } = report.backlogTrend;
  const ruler = rulerFor(report.days.map(({ day }) => day));
  const latest = new Map(bySpan(items, ruler).map(({ span, items }) => [span.key, latestOf(items)]));
  const levels = bySpan(report.days, ruler).map(({ span }) => {
    const point = latest.get(span.key);
    return { ...span, due: point?.candidates ?? null, left: point?.left ?? null };
  });
  const title = 'Due for a look';
  const say = sayingOf(report);
  const picture = (looks: string, frame: typeof WIDE) =>
    draw(backlogChart(levels, frame), `${title}. ${say}`, looks);
  return chartSection({
    id: 'backlog',
    title,
    say,
    legend: [
      ['line closed', 'when a sweep began'],
      ['line trouble', 'left when it ended'],
    ],
    pictures:
      items.length === 0 ? null : [await picture('chart wide', WIDE), await picture('chart narrow', NARROW)],
    table: {
      caption: `${title}, by the latest full sweep of each ${ruler.unit}`,
      head: [ruler.unit, 'when it began', 'left when it ended'],
      rows: levels.map(({ name, due, left }) => [name, shown(due), shown(left)]),
    },
  });
}

/** The latest that lived to tell; of those that died, nothing is known. */
function latestOf(points: readonly BacklogPoint[]): BacklogPoint | undefined {
  return points.findLast(({ candidates }) => candidates !== null) ?? points.at(-1);
}

function shown(n: Level['due']): string | number {
  return n === null ? '–' : n;
}

function sayingOf({ backlog, backlogTrend }: Report): string {
  const { due, oldestMs, onHold, resting, pendingRequests } = backlog;
  const oldest = oldestMs === null ? '' : `, the oldest silent for ${humanDuration(oldestMs)}`;
  const others = [
    ...(pendingRequests > 0 ? [plural(pendingRequests, 'close request')] : []),
    ...(onHold > 0 ? [`${count(onHold)} on hold`] : []),
    ...(resting > 0 ? [`${count(resting)} resting`] : []),
  ];
  const besides = others.length === 0 ? '' : ` Besides: ${others.join(', ')}.`;
  const trend = backlogTrend.items.length === 0 ? ' No full sweep ran in this time.' : '';
  return `${due === 0 ? 'Nothing is due now' : `${count(due)} due now${oldest}`}.${besides}${trend}`;
}
