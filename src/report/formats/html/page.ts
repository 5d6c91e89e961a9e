import type { Report } from '../../report.ts';
import { wholeDocument } from './document.ts';
import { html } from './markup.ts';
import { backlogSection } from './sections/backlog.ts';
import { closedSection } from './sections/closed.ts';
import { gistOf } from './sections/gist.ts';
import { groupsSection } from './sections/groups.ts';
import { headlineSection } from './sections/headline.ts';
import { idleSection } from './sections/idle.ts';
import { keptSection } from './sections/kept.ts';
import { notes } from './sections/notes.ts';
import { troubleSections } from './sections/troubles.ts';
import { momentIn } from './words.ts';

/**
 * The report as one HTML file for people who open, print and forward it: nothing is fetched or run, every text from
 * outside is escaped, and the same report gives the same bytes.
 */
export async function renderHtml(report: Report): Promise<string> {
  const moment = momentIn(report.timeZone);
  const period = `${moment(report.since)} to ${moment(report.until)}`;
  const body = html`<header>
<p class="mark">nightsweep</p>
<h1>Abandoned conversations, closed</h1>
<p class="period">${period} (${report.timeZone})</p>
<p class="gist">${gistOf(report)}</p>
</header>
<main>
${headlineSection(report)}${await closedSection(report)}${await backlogSection(report)}<div class="pair">
${await idleSection(report)}${await keptSection(report)}</div>
${groupsSection(report)}${troubleSections(report)}</main>
<footer>
${notes(report)}</footer>`;
  return wholeDocument(`nightsweep: ${period}`, body);
}
