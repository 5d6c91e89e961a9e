import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';
import { html, type Markup, trusted } from '../../report/formats/html/markup.ts';
import type { Model } from '../model.ts';
import { roughly } from '../times.ts';
import type { Tone } from '../verdict.ts';
import { backlogPanel, closedPanel, keptPanel } from './charts.ts';
import { discOf, iconOf, MARKS } from './look.ts';
import {
  askedPanel,
  backgroundPanel,
  figureStrip,
  holdsPanel,
  needsPanel,
  runsPanel,
  verdictBanner,
} from './parts.ts';
import { SCRIPT } from './script.ts';
import { STYLES } from './styles.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');

/** The one script and the one style sheet are known by their hashes; nothing comes from anywhere else. */
export const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hashOf(STYLES)}'`,
  `script-src 'sha256-${hashOf(SCRIPT)}'`,
  'img-src data:',
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** A page that was loaded from another build of the program loads itself anew. */
const BUILD = hashOf(SCRIPT + STYLES).slice(0, 12);
const NOSCRIPT_SECONDS = 30;

/** A page before it is sent. */
export interface Page {
  readonly title: string;
  readonly tone: Tone;
  readonly main: Markup;
  /** Changes when anything that is to be seen does, but for how fresh it is. */
  readonly etag: string;
}

export interface Freshness {
  readonly asOf: Instant;
  /** How old that is when it is sent, in whole seconds. */
  readonly ageSeconds: number;
  /** How often the page asks for news. */
  readonly everyMs: number;
  /** Whether there is a session to end. */
  readonly canLogOut: boolean;
}

export function pageOf(model: Model): Page {
  const { verdict } = model;
  const main = model.isBlank ? blank(model) : full(model);
  const title = titled(`${MARKS[verdict.tone]} ${verdict.short}`, model.name);
  return {
    title,
    tone: verdict.tone,
    main,
    etag: `W/"${hashOf(`${BUILD}${title}${main.text}`).slice(0, 22)}"`,
  };
}

/** Cards in which there is nothing yet would only hide the way. */
function blank(model: Model): Markup {
  return html`${verdictBanner(model)}${model.needs.length === 0 ? null : needsPanel(model)}${model.schedule === null ? null : backgroundPanel(model)}`;
}

function full(model: Model): Markup {
  return html`${verdictBanner(model)}${needsPanel(model)}${figureStrip(model)}${closedPanel(model)}${backlogPanel(model)}${runsPanel(model)}<div class="rest">
${askedPanel(model)}${holdsPanel(model)}${keptPanel(model)}${backgroundPanel(model)}</div>
`;
}

export function renderPage(
  page: Page,
  model: Pick<Model, 'name' | 'times' | 'seen'>,
  freshness: Freshness,
): string {
  const { asOf, ageSeconds, everyMs, canLogOut } = freshness;
  const { clock, timeZone } = model.times;
  const { staleAfterMs } = model.seen.report.backlog;
  const data = html` data-every="${everyMs}" data-name="${model.name}" data-zone="${timeZone}" data-etag="${page.etag}" data-as-of="${clock(asOf)}" data-age="${ageSeconds}" data-build="${BUILD}"`;
  const logOut = canLogOut
    ? html`<form method="post" action="/logout"><button>Log out</button></form>\n`
    : null;
  return whole({
    title: page.title,
    tone: page.tone,
    data,
    refresh: true,
    body: html`<header>
${mark(model.name)}
<p class="fresh"><span id="fresh" role="status">as of ${clock(asOf)}</span><span id="age" aria-hidden="true"></span></p>
${logOut}</header>
<p id="lost" class="lost" role="status"></p>
<main>
${page.main}</main>
<p id="news" class="hidden" role="status"></p>
<footer>
<p>Closed means that Genesys showed the end. Due is what its own side has left silent for ${roughly(staleAfterMs)} or longer. Kept counts every night anew. Times are those of ${timeZone}. Nothing on this page changes anything.</p>
</footer>
<script>${trusted(SCRIPT)}</script>`,
  });
}

/** @param wrong what was wrong with the last try; null: there was none */
export function renderLogin(wrong: string | null, name: string): string {
  const said = wrong === null ? null : html`<p class="wrong" id="wrong" role="alert">${wrong}</p>\n`;
  const described = wrong === null ? null : html` aria-describedby="wrong" aria-invalid="true"`;
  return whole({
    title: titled('Log in', name),
    tone: 'none',
    data: null,
    refresh: false,
    body: html`<main class="login">
<h1>nightsweep <span class="name">${name}</span></h1>
<form method="post" action="/login">
<label for="token">The token of this server</label>
<input name="user" autocomplete="username" value="nightsweep" hidden>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${described}>
${said}<button>Log in</button>
</form>
<p class="hint">It is the token of the server (NIGHTSWEEP_API_TOKEN or its file). You stay logged in for twelve hours.</p>
</main>`,
  });
}

function mark(name: string): Markup {
  return html`<p class="mark">nightsweep <span class="name">${name}</span></p>`;
}

/** For a tab: what matters first, and which of several installations it is. */
function titled(what: string, name: string): string {
  return `${what} · ${name} · nightsweep`;
}

/** In place of the page, when the record cannot be read. */
export function renderTrouble(sentence: string, name: string): string {
  return whole({
    title: titled(`${MARKS.bad} no record`, name),
    tone: 'bad',
    data: null,
    refresh: 'always',
    body: html`<header>${mark(name)}</header>
<main>
<section class="verdict bad" aria-labelledby="verdict">
${discOf('bad')}
<div><p class="word">No record</p><h1 id="verdict">The record cannot be read.</h1><p class="todo">${sentence}</p><p class="facts">This page tries again by itself.</p></div>
</section>
</main>`,
  });
}

/** For a browser at a path that there is not. It says no name: whoever asks need not have shown anything. */
export function renderLost(): string {
  return whole({
    title: 'Nothing here · nightsweep',
    tone: 'none',
    data: null,
    refresh: false,
    body: html`<main class="login">
<h1>Nothing here</h1>
<p class="hint">There is nothing at this path. <a href="/">To the dashboard</a></p>
</main>`,
  });
}

/** Sent to a browser that comes from another site, which holds its cookie back until it comes from here. */
export function renderStep(): string {
  return html`<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>nightsweep</title><meta http-equiv="refresh" content="0;url=/"><a href="/">nightsweep</a></html>\n`
    .text;
}

function whole(parts: {
  readonly title: string;
  readonly tone: Tone;
  readonly data: Markup | null;
  readonly refresh: boolean | 'always';
  readonly body: Markup;
}): string {
  const refresh = html`<meta http-equiv="refresh" content="${NOSCRIPT_SECONDS}">`;
  return html`<!doctype html>
<html lang="en-GB"${parts.data}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="${iconOf(parts.tone)}">
${parts.refresh === false ? null : parts.refresh === true ? html`<noscript>${refresh}</noscript>\n` : html`${refresh}\n`}<title>${parts.title}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
${parts.body}
</body>
</html>
`.text;
}
