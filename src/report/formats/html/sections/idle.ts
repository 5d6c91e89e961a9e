import { humanDuration } from '../../../../domain/time.ts';
import type { IdleAtClose, Report } from '../../../report.ts';
import { idleChart } from '../charts/idle.ts';
import { draw } from '../draw.ts';
import type { Markup } from '../markup.ts';
import { count } from '../words.ts';
import { chartSection } from './chart-section.ts';
import { HALF } from './frames.ts';

/** How long the conversations had been silent when they were closed. */
export async function idleSection({ idleAtClose }: Report): Promise<Markup> {
  const bins = idleAtClose.histogram.map(({ label, n }) => {
    const name = label.replace('-', '–');
    return { key: label, name, tick: name, closed: n };
  });
  const title = 'How long idle when closed';
  const say = sayingOf(idleAtClose);
  return chartSection({
    id: 'idle',
    title,
    say,
    pictures:
      idleAtClose.n === 0 ? null : [await draw(idleChart(bins, HALF), `${title}. ${say}`, 'chart half')],
    table: {
      caption: title,
      head: ['idle for', 'closed'],
      rows: bins.map(({ name, closed }) => [name, closed]),
    },
  });
}

function sayingOf({ n, p50Ms, p90Ms, unknown }: IdleAtClose): string {
  const rest = unknown === 0 ? '' : ` Of ${count(unknown)} more it is not known.`;
  if (p50Ms === null || p90Ms === null || n === 0) return `No idle time of a close is known.${rest}`;
  return `Half of them for ${humanDuration(p50Ms)} or less, nine in ten for ${humanDuration(p90Ms)} or less.${rest}`;
}
