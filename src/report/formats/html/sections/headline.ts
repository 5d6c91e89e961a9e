import { humanDuration } from '../../../../domain/time.ts';
import { percent } from '../../../headlines.ts';
import type { Report } from '../../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { comparison, count, dayName, hours, plural, spanBefore } from '../words.ts';

/** One figure: what it is, how much, and how to take it. */
interface Figure {
  readonly name: string;
  readonly value: Content;
  readonly note: string;
}

/** The figures that people ask for first: four large ones, four small ones. */
export function headlineSection(report: Report): Markup {
  return html`<section class="headline" aria-labelledby="headline">
<h2 id="headline" class="hidden">At a glance</h2>
<dl class="figures">
${[closed(report), success(report), waiting(report), nights(report)].map(figureOf)}</dl>
<dl class="figures small">
${[requests(report), reopened(report), speed(report), capacity(report)].map(figureOf)}</dl>
</section>
`;
}

function figureOf({ name, value, note }: Figure): Markup {
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>\n`;
}

function closed({ totals, before, since, until }: Report): Figure {
  const then = spanBefore(until - since);
  const note = before.recorded
    ? comparison(before.difference.closed, then)
    : `nothing is on record of ${then}`;
  return { name: 'Closed', value: count(totals.closed), note };
}

function success({ successRate, before, totals }: Report): Figure {
  const name = 'Closes that took effect';
  if (successRate === null) return { name, value: '–', note: 'none was tried' };
  const tried = totals.closed + totals.failed + totals.unconfirmed;
  const then =
    before.recorded && before.successRate !== null ? `; ${percent(before.successRate)} before that` : '';
  return { name, value: percent(successRate), note: `of ${count(tried)} tried${then}` };
}

function waiting({ backlog: { due, oldestMs } }: Report): Figure {
  const note = oldestMs === null ? 'nothing is due' : `the oldest silent for ${humanDuration(oldestMs)}`;
  return { name: 'Due for a look', value: count(due), note };
}

function nights({ nights: planned, days }: Report): Figure {
  if (planned === null) {
    const swept = days.filter(({ ran }) => ran).length;
    return {
      name: 'Days with a full sweep',
      value: count(swept),
      note: `of ${count(days.length)}; none is expected`,
    };
  }
  const { due, run, incomplete, missing, firstRunAt } = planned;
  const name = 'Nights that ran';
  if (firstRunAt === null) return { name, value: '–', note: 'no full sweep has run yet' };
  const [first] = missing.items;
  const absent =
    missing.total === 0
      ? []
      : [
          first === undefined || missing.total > 1
            ? `${count(missing.total)} missing`
            : `${dayName(first.day)} is missing`,
        ];
  const partial = incomplete === 0 ? [] : [`${count(incomplete)} did not end in good order`];
  const note = [...absent, ...partial].join(', ') || 'none is missing';
  return { name, value: html`${count(run)} <span class="of">of ${count(due)}</span>`, note };
}

function requests({ requests: { perClose, total, rateLimited } }: Report): Figure {
  const limited = rateLimited === 0 ? '' : `, ${count(rateLimited)} rate limited`;
  return {
    name: 'Requests for each close',
    value: perClose === null ? '–' : perClose.toFixed(1),
    note: `${plural(total, 'request')} in all${limited}`,
  };
}

function reopened({ reopened: { list, rate, closes } }: Report): Figure {
  return {
    name: 'Came back after closing',
    value: count(list.total),
    note: rate === null ? 'nothing was closed' : `${percent(rate)} of ${plural(closes, 'close')}`,
  };
}

function speed({ staleToClosed: { p50Ms, p90Ms } }: Report): Figure {
  const name = 'From stale to closed';
  if (p50Ms === null || p90Ms === null) return { name, value: '–', note: 'nothing was closed by policy' };
  return {
    name,
    value: humanDuration(p50Ms),
    note: `half of them within this, nine in ten within ${humanDuration(p90Ms)}`,
  };
}

function capacity({ capacity: { withAgent, lowerMs, upperMs } }: Report): Figure {
  const name = 'Agents’ slots freed';
  if (withAgent === 0) return { name, value: '–', note: 'no agent was connected to any of them' };
  const [lower, upper] = [lowerMs === null ? null : hours(lowerMs), hours(upperMs)];
  const value = lower === null ? `up to ${upper} h` : lower === upper ? `${upper} h` : `${lower}–${upper} h`;
  return { name, value, note: `reckoned, not measured, from ${plural(withAgent, 'close')} with an agent` };
}
