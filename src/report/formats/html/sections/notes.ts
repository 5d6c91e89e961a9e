import type { Report } from '../../../report.ts';
import { html, type Markup } from '../markup.ts';
import { momentIn } from '../words.ts';

/** How the figures are to be read. */
export function notes({ capacity, detailSince, now, timeZone }: Report): Markup {
  const moment = momentIn(timeZone);
  const sentences = [
    'Closed means that Genesys showed the end. Dry runs do not count.',
    ...(detailSince === null
      ? []
      : [
          `Of what was decided before ${moment(detailSince)} only sums are kept: times, lists, what came back and agents’ slots are of later outcomes.`,
        ]),
    ...(capacity.withAgent === 0 ? [] : [capacity.formula.join(' ')]),
    `Made on ${moment(now)} (${timeZone}).`,
  ];
  return html`<h2 class="hidden">How to read this</h2>\n${sentences.map((sentence) => html`<p>${sentence}</p>\n`)}`;
}
