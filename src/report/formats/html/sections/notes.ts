import type { Report } from '../../../report.ts';
import { notesOf } from '../../table.ts';
import { html, type Markup } from '../markup.ts';
import { momentIn } from '../words.ts';

/** How the figures are to be read. */
export function notes(report: Report): Markup {
  const { capacity, now, timeZone } = report;
  const sentences = [
    ['Closed means that Genesys showed the end. Dry runs do not count.', ...notesOf(report)].join(' '),
    ...(capacity.withAgent === 0 ? [] : [`Agents’ slots: ${capacity.formula.join(' ')}`]),
    `Made on ${momentIn(timeZone)(now)} (${timeZone}).`,
  ];
  return html`<h2 class="hidden">How to read this</h2>\n${sentences.map((sentence) => html`<p>${sentence}</p>\n`)}`;
}
