import type { Report } from '../../../report.ts';
import { keptChart } from '../charts/kept.ts';
import { draw } from '../draw.ts';
import type { Markup } from '../markup.ts';
import { plural, spaced } from '../words.ts';
import { chartSection } from './chart-section.ts';
import { HALF } from './frames.ts';

/** The rest is counted in a last bar. */
const SHOWN = 7;

/** Why conversations were left open. */
export async function keptSection({ keptReasons, totals }: Report): Promise<Markup> {
  const rest = keptReasons.slice(SHOWN);
  const others = { reason: plural(rest.length, 'more reason'), n: rest.reduce((sum, { n }) => sum + n, 0) };
  const shown = rest.length === 0 ? keptReasons : [...keptReasons.slice(0, SHOWN), others];
  const title = 'Kept, by reason';
  const say =
    totals.kept === 0 ? 'Nothing was kept.' : `Kept ${plural(totals.kept, 'time')}, each night anew.`;
  return chartSection({
    id: 'kept',
    title,
    say,
    pictures:
      keptReasons.length === 0
        ? null
        : [await draw(keptChart(shown, HALF.width), `${title}. ${say}`, 'chart half')],
    table: {
      caption: title,
      head: ['reason', 'kept'],
      rows: keptReasons.map(({ reason, n }) => [spaced(reason), n]),
    },
  });
}
