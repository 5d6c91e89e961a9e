import { dataTable } from '../../report/formats/html/data-table.ts';
import { html, type Markup } from '../../report/formats/html/markup.ts';
import { count, dayName, dayTick, plural, spaced } from '../../report/formats/html/words.ts';
import { expectsSweep } from '../../report/formats/ran.ts';
import type { BacklogPoint, DayFigures } from '../../report/report.ts';
import type { Model } from '../model.ts';
import { roughly } from '../times.ts';
import { type Column, columns, course, lyingBars } from './bars.ts';

/** What became of the conversations, night by night. */
export function closedPanel({ seen: { report }, verdict }: Model): Markup {
  const { days, totals } = report;
  const expected = expectsSweep(report);
  const today = days.at(-1)?.day;
  const trouble = (day: DayFigures) => day.failed + day.unconfirmed + day.expired + day.not_attempted;
  const shown = (day: DayFigures) => day.closed + day.already_closed + day.not_found + trouble(day);
  const missing = new Set(report.nights?.missing.items.map(({ day }) => day));
  const dueDays = report.nights?.days ?? null;
  const isEmptyDay = (day: DayFigures) => shown(day) + day.kept === 0;
  // The night of today may still come; that of a day on which only the one before came to its end has not.
  const isMissed = (day: DayFigures) =>
    dueDays !== null
      ? dueDays.get(day.day) === 'missing' && (!day.ran || isEmptyDay(day))
      : missing.has(day.day)
        ? expected(day.day) && (!day.ran || isEmptyDay(day))
        : !day.ran && expected(day.day) && day.day !== today;
  // Of a day whose sweep is at work, nobody knows yet.
  const hasNoneToClose = (day: DayFigures) =>
    day.ran && shown(day) === 0 && !(verdict.tone === 'busy' && day.day === today);
  const idle = days.filter(isMissed).length;
  const say =
    days.every(({ ran }) => !ran) && totals.closed === 0
      ? 'No sweep has run in these four weeks.'
      : `${plural(totals.closed, 'conversation')} closed in four weeks; ${dueDays === null ? idleDays(idle) : idleNights(report.nights?.missing.total ?? 0)}.`;
  const all = days.map((day) => ({
    title: `${dayName(day.day)}: ${isMissed(day) ? 'no full sweep' : `closed ${count(day.closed)}, already ended ${count(day.already_closed)}, kept ${count(day.kept)}, not closed ${count(trouble(day))}`}`,
    tick: dayTick(day.day),
    parts: [
      ['closed', day.closed],
      ['ended', day.already_closed],
      ['gone', day.not_found],
      ['trouble', trouble(day)],
    ] as const,
    mark: isMissed(day) ? ('cross' as const) : hasNoneToClose(day) ? ('ring' as const) : null,
  }));
  const table = dataTable({
    caption: 'Closed each night, with what else was decided',
    head: ['day', 'closed', 'already ended', 'not found', 'not closed', 'kept', 'sweep'],
    rows: newestFirst(days, (day) => day.ran || isMissed(day) || !isEmptyDay(day)).map((day) => [
      dayName(day.day),
      ...[day.closed, day.already_closed, day.not_found, trouble(day), day.kept],
      isMissed(day) ? 'no' : day.ran ? 'yes' : day.day === today && expected(today) ? 'not yet' : '–',
    ]),
  });
  const isEmpty = all.every(({ mark, parts }) => mark === null && parts.every(([, n]) => n === 0));
  if (isEmpty) return panel('closed', 'Closed each night', say, []);
  return panel('closed', 'Closed each night', say, [
    closedLegend(all, totals.not_found > 0),
    columns(`Closed each night. ${say}`, all),
    behind('closed-table', table, 'Closed each night'),
  ]);
}

/** For a table: without the days before anything was on record. */
function newestFirst<T>(days: readonly T[], isOnRecord: (day: T) => boolean): T[] {
  return days.slice(days.findIndex(isOnRecord)).reverse();
}

function idleDays(idle: number): string {
  return idle === 0 ? 'no day without a sweep' : `${plural(idle, 'day')} without a sweep`;
}

/** Where not every day has one night, nights are counted, and no days. */
function idleNights(missing: number): string {
  return missing === 0 ? 'no night without a sweep' : `${plural(missing, 'night')} without a sweep`;
}

/** Names what is always there, and of the rest what these columns have. */
function closedLegend(all: readonly Column[], hasGone: boolean): Markup {
  const gone = hasGone ? html`<li><span class="key gone"></span>not found</li>` : null;
  const ring = all.some(({ mark }) => mark === 'ring')
    ? html`<li><span class="key sign" aria-hidden="true">○</span>nothing to close</li>`
    : null;
  return html`<ul class="legend"><li><span class="key closed"></span>closed</li><li><span class="key ended"></span>had already ended</li>${gone}<li><span class="key trouble"></span>not closed</li><li><span class="key sign" aria-hidden="true">×</span>no sweep</li>${ring}</ul>\n`;
}

/** What each sweep met and left. */
export function backlogPanel({ seen: { report } }: Model): Markup {
  const { backlog, backlogTrend, days } = report;
  const points = new Map<string, BacklogPoint>();
  for (const point of backlogTrend.items) {
    // Of those that died, nothing is known.
    if (point.candidates !== null || !points.has(point.day)) points.set(point.day, point);
  }
  const levels = days.map(({ day }) => {
    const { candidates = null, left = null } = points.get(day) ?? {};
    const said =
      candidates === null ? 'nothing is known' : `${count(candidates)} due, ${count(left ?? 0)} left`;
    return {
      title: `${dayName(day)}: ${said}`,
      tick: dayTick(day),
      name: dayName(day),
      due: candidates,
      left,
    };
  });
  const say =
    backlog.oldestMs === null
      ? 'Nothing is due for a look now.'
      : `${count(backlog.due)} due for a look now, the oldest silent for ${roughly(backlog.oldestMs)}.`;
  if (levels.every(({ due }) => due === null)) return panel('backlog', 'Backlog', say, []);
  const shown = (n: number | null) => (n === null ? '–' : n);
  const table = dataTable({
    caption: 'Due when the latest sweep of each day began, and left when it ended',
    head: ['day', 'due', 'left'],
    rows: newestFirst(levels, ({ due }) => due !== null).map(({ name, due, left }) => [
      name,
      shown(due),
      shown(left),
    ]),
  });
  return panel('backlog', 'Backlog', say, [
    html`<ul class="legend"><li><span class="key line closed"></span>due when a sweep began</li><li><span class="key line trouble"></span>left when it ended</li></ul>\n`,
    course(`Backlog, by the sweeps of four weeks. ${say}`, levels),
    behind('backlog-table', table, 'Backlog'),
  ]);
}

const REASONS = 6;

export function keptPanel({ seen: { report } }: Model): Markup {
  const { keptReasons, totals } = report;
  const rest = keptReasons.slice(REASONS);
  const rows = keptReasons.slice(0, REASONS).map(({ reason, n }) => ({ name: spaced(reason), n }));
  const others = rest.reduce((sum, { n }) => sum + n, 0);
  const say =
    totals.kept === 0
      ? 'Nothing was kept in these four weeks.'
      : `Kept ${plural(totals.kept, 'time')} in four weeks, each night anew.`;
  return panel('kept', 'Kept, by reason', say, [
    rows.length === 0
      ? null
      : lyingBars(
          rest.length === 0 ? rows : [...rows, { name: plural(rest.length, 'more reason'), n: others }],
        ),
  ]);
}

/** A part of the page under its heading. */
export function panel(
  id: string,
  title: string,
  say: string | null,
  inside: readonly (Markup | null)[],
): Markup {
  return html`<section class="panel ${id}" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${say === null ? null : html`<p class="say">${say}</p>\n`}${inside}</section>
`;
}

function behind(id: string, table: Markup, of: string): Markup {
  return html`<details id="${id}"><summary>Show as a table<span class="hidden">: ${of}</span></summary>
${table}
</details>
`;
}
