import { humanDuration } from '../../domain/time.ts';
import { html, type Markup } from '../../report/formats/html/markup.ts';
import { count, plural } from '../../report/formats/html/words.ts';
import { percent } from '../../report/headlines.ts';
import type { Model } from '../model.ts';
import type { Case, Need } from '../needs.ts';
import type { RunLine } from '../run-lines.ts';
import { roughly } from '../times.ts';
import { panel } from './charts.ts';
import { discOf } from './look.ts';

/** One sentence that says it all. */
export function verdictBanner({ verdict, next }: Model): Markup {
  const { tone, word, sentence, facts, todo } = verdict;
  return html`<section class="verdict ${tone}" aria-labelledby="verdict">
${discOf(tone)}
<div>
<p class="word">${word}</p>
<h1 id="verdict">${sentence}</h1>
${todo === null ? null : html`<p class="todo">${todo}</p>\n`}<p class="facts">${[...facts, ...(next === null ? [] : [next])].join(' ')}</p>
</div>
</section>
`;
}

export function needsPanel({ needs, verdict }: Model): Markup {
  if (needs.length === 0) {
    const besides = verdict.todo !== null;
    return html`<section class="panel calm" aria-labelledby="needs">
<h2 id="needs">Needs somebody</h2>
<p class="say">${besides ? 'Nothing besides what is said above.' : 'Nothing does.'}</p>
</section>
`;
  }
  return html`<section class="panel needs" aria-labelledby="needs">
<h2 id="needs">Needs somebody</h2>
<ul>
${needs.map(needLine)}</ul>
</section>
`;
}

function needLine({ key, level, title, todo, cases, more }: Need): Markup {
  const listed =
    cases.length === 0
      ? null
      : html`<details id="need-${key}"><summary>${cases.length + more === 1 ? 'Show it' : 'Show them'}<span class="hidden">: ${title}</span></summary>
<ul class="cases">
${cases.map(caseLine)}</ul>
${more > 0 ? html`<p class="more">and ${count(more)} more: nightsweep report</p>\n` : null}</details>
`;
  return html`<li class="need ${level}">
<span class="badge">${level === 'act' ? 'do' : 'watch'}</span>
<div>
<p class="title">${title}</p>
<p class="todo">${todo}</p>
${listed}</div>
</li>
`;
}

function caseLine({ conversationId, facts }: Case): Markup {
  return html`<li><span class="id">${conversationId}</span> <span class="facts">${facts.join(' · ')}</span></li>\n`;
}

/** The figures to look at from afar. */
export function figureStrip({ seen, hasBackground }: Model): Markup {
  const { report, asked, events, held, now } = seen;
  const { backlog, totals, successRate, nights } = report;
  const [oldest] = asked.first;
  const [endsFirst] = held;
  const all: [name: string, value: Markup | string, note: string][] = [
    [
      'Due for a look',
      count(backlog.due),
      backlog.oldestMs === null ? 'nothing is due' : `oldest silent for ${roughly(backlog.oldestMs)}`,
    ],
    [
      'Closed in four weeks',
      count(totals.closed),
      successRate === null ? 'none was tried' : `${percent(successRate)} of those tried`,
    ],
    ran(nights),
    [
      'Close requests waiting',
      count(asked.total),
      oldest === undefined ? 'all are served' : `oldest asked ${roughly(now - oldest.requestedAt)} ago`,
    ],
    [
      'On hold',
      count(backlog.onHold),
      endsFirst === undefined ? 'nothing is' : `first ends in ${roughly(endsFirst.holdUntil - now)}`,
    ],
  ];
  if (hasBackground) {
    all.push(['Events waiting', count(events.waiting), `${count(events.settled)} settled in 24 hours`]);
  }
  return html`<section aria-label="Figures">
<dl class="figures">
${all.map(([name, value, note]) => html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>\n`)}</dl>
</section>
`;
}

function ran(nights: Model['seen']['report']['nights']): [string, Markup | string, string] {
  const name = 'Nights that ran';
  if (nights === null) return [name, '–', 'none is expected'];
  if (nights.firstRunAt === null) return [name, '–', 'no sweep has run yet'];
  const { run, due, missing, incomplete } = nights;
  const parts = [
    ...(missing.total > 0 ? [`${count(missing.total)} missing`] : []),
    ...(incomplete > 0 ? [`${count(incomplete)} broken off`] : []),
  ];
  return [
    name,
    html`${count(run)} <span class="of">of ${count(due)}</span>`,
    parts.join(', ') || 'none is missing',
  ];
}

export function runsPanel({ runs, times, seen: { lastSweep } }: Model): Markup {
  const say = runs.length === 0 ? 'Nothing has run yet.' : null;
  if (runs.length === 0) return panel('runs', 'Recent runs', say, []);
  const head: [name: string, look: string][] = [
    ['run', ''],
    ['began', ''],
    ['what', 'roomy'],
    ['end', ''],
    ['closed', 'n'],
    ['kept', 'n roomy'],
    ['trouble', 'n'],
    ['left', 'n roomy'],
    ['took', 'n wide'],
  ];
  const table = html`<div class="runs-box"><table>
<caption class="hidden">Recent runs, the newest first</caption>
<thead><tr>${head.map(([name, look]) => html`<th scope="col" class="${look}">${name}</th>`)}</tr></thead>
<tbody>
${runs.map((line) => runRow(line, times, line.id === null || line.id === lastSweep?.id))}</tbody>
</table></div>
`;
  return panel('runs', 'Recent runs', say, [table]);
}

/** @param isTold what it has said is on the page already */
function runRow(line: RunLine, times: Model['times'], isTold: boolean): Markup {
  const { id, startedAt, tookMs, isDry, what, tone, end, exitCode, message } = line;
  const { closed, kept, trouble, left } = line;
  const took = tookMs === null ? '' : humanDuration(tookMs);
  const said = tone === 'bad' && !isTold ? message : null;
  const code = exitCode === null || exitCode === 0 ? null : ` (${exitCode})`;
  // Where there is no room for what is left, and nothing went wrong that there is room for.
  const leftOnly =
    (trouble ?? 0) === 0 && (left ?? 0) > 0
      ? html`<span class="narrow-only">${known(left)} left</span>`
      : null;
  const number = (value: number | null, look = '') =>
    html`<td class="n${look}${(value ?? 0) === 0 ? ' zero' : ''}">${isDry && look === '' && value !== null ? `(${count(value)})` : known(value)}</td>`;
  return html`<tr>
<th scope="row">${id === null ? '–' : id}</th><td class="when"><span>${times.day(startedAt)},</span> <span>${times.minute(startedAt)}</span>${what === 'sweep' ? null : html`<span class="narrow-only">${what}</span>`}</td><td class="roomy">${what}</td>
<td class="end"><div>${discOf(tone)} <span>${end}${code}</span></div>${leftOnly}</td>
${number(closed)}${number(kept, ' roomy')}<td class="n${(trouble ?? 0) === 0 ? ' zero' : ' alarming'}">${known(trouble)}</td>${number(left, ' roomy')}<td class="n wide">${took}</td>
</tr>
${said === null ? null : html`<tr class="said"><td></td><td colspan="8">${said}</td></tr>\n`}`;
}

function known(value: number | null): string {
  return value === null ? '–' : count(value);
}

export function askedPanel({ seen: { asked, now }, requestMaxAgeMs }: Model): Markup {
  const { total, first, origins } = asked;
  if (total === 0) return panel('asked', 'Close requests', 'None is waiting.', []);
  const from = origins.slice(0, 4).map(({ origin, n }) => `${count(n)} from ${origin}`);
  const others = origins.length > 4 ? [`others from ${plural(origins.length - 4, 'more source')}`] : [];
  const lines = first.map(({ conversationId, origin, requestedAt }) => {
    const left = requestedAt + requestMaxAgeMs - now;
    return {
      conversationId,
      facts: [
        origin,
        `asked ${roughly(now - requestedAt)} ago`,
        left > 0 ? `expires in ${roughly(left)}` : 'too old by now',
      ],
    };
  });
  return panel('asked', 'Close requests', `${count(total)} waiting: ${[...from, ...others].join(', ')}.`, [
    html`<ul class="cases">\n${lines.map(caseLine)}</ul>\n`,
    total > lines.length ? html`<p class="more">and ${count(total - lines.length)} more</p>\n` : null,
  ]);
}

export function holdsPanel({ seen: { held, report }, times }: Model): Markup {
  const { onHold } = report.backlog;
  if (onHold === 0) return panel('holds', 'Holds', 'Nothing is on hold.', []);
  const lines = held.map(({ conversationId, sessionId, holdUntil }) => ({
    conversationId,
    facts: [`session ${sessionId}`, `until ${times.when(holdUntil)}`],
  }));
  return panel(
    'holds',
    'Holds',
    `${plural(onHold, 'open conversation is', 'open conversations are')} on hold.`,
    [
      html`<ul class="cases">\n${lines.map(caseLine)}</ul>\n`,
      onHold > lines.length ? html`<p class="more">and ${count(onHold - lines.length)} more</p>\n` : null,
    ],
  );
}

const PHASES = {
  stopped: 'is stopped',
  idle: 'has nothing to do',
  working: 'is at work',
  waiting_for_lease: 'waits for the sweep that holds the lease, which serves close requests meanwhile',
  backing_off: 'waits before it tries again',
} as const;

export function backgroundPanel(model: Model): Markup {
  const { schedule, hasBackground } = model;
  const rows: [string, string][] = [
    ...(hasBackground ? rowsOfBackground(model) : []),
    [
      'Schedule',
      schedule === null
        ? 'none in this server: cron or a timer starts the sweeps'
        : `${schedule.cron} (${schedule.timeZone})`,
    ],
  ];
  return panel('background', 'Behind the scenes', null, [
    html`<dl class="pairs">\n${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>\n`,
  ]);
}

function rowsOfBackground({ background, seen: { events }, times }: Model): [string, string][] {
  return [
    ...(background === null ? [] : [['Background', `It ${PHASES[background.phase]}.`] as [string, string]]),
    ...(background?.lastBatchAt == null
      ? []
      : [['Last batch', times.when(background.lastBatchAt)] as [string, string]]),
    ['Events', `${count(events.waiting)} waiting, ${count(events.settled)} settled in 24 hours`],
    ['Last event', events.lastReceivedAt === null ? 'none yet' : times.when(events.lastReceivedAt)],
  ];
}
