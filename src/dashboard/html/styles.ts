import { DARK, LIGHT } from '../../report/formats/html/palette.ts';

/** What the report does not need: panels, and a colour for each state. Texts on both grounds have a contrast of 4.5 or more. */
const LIGHT_TOO = `
  --page: #f4f6f8; --panel: #ffffff; --veil: #f4f6f8; --kept: #4a90cc;
  --good: #18794a; --good-veil: #eaf6ef; --watch: #8f5500; --watch-veil: #fdf4e3;
  --bad: #b42318; --bad-veil: #fdeeec; --busy: #17568f; --busy-veil: #e8f1f9; --none: #57616c; --none-veil: #eceff2; --glyph: #ffffff;`;
const DARK_TOO = `
  --page: #0e1216; --panel: #161b21; --veil: #1c222a;
  --good: #5dcb94; --good-veil: #12281d; --watch: #efb252; --watch-veil: #2b2111;
  --bad: #ff8f84; --bad-veil: #321917; --busy: #79bbf5; --busy-veil: #15263a; --none: #a4aeb9; --none-veil: #1f252c; --glyph: #0e1216;`;

/** The whole style sheet of the dashboard and of its login page. Fonts are those of the reader's system. */
export const STYLES = `
:root { color-scheme: light dark; ${LIGHT} ${LIGHT_TOO} }
@media (prefers-color-scheme: dark) { :root { ${DARK} ${DARK_TOO} } }

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere;
}
h1, h2, p, dl, dd, ul, table { margin: 0; padding: 0; }
ul { list-style: none; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px; border-radius: 3px; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header, main, footer { max-width: 1360px; margin: 0 auto; padding: 0 clamp(12px, 3vw, 40px); }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 20px; padding-top: 18px; padding-bottom: 14px; }
.mark { font-weight: 650; letter-spacing: -0.01em; margin-right: auto; }
header .name, .login .name { color: var(--soft); font-weight: 500; }
.fresh { color: var(--soft); font-size: 14px; }
.lost { position: sticky; top: 0; z-index: 1; background: var(--bad); color: var(--glyph); font-weight: 600; text-align: center; padding: 8px 16px; margin-bottom: 12px; }
.lost:empty { display: none; }
header button { font: inherit; font-size: 14px; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; cursor: pointer; }
header button:hover { color: var(--ink); border-color: var(--axis); }
main { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 16px; align-items: start; }
main > * { grid-column: 1 / -1; min-width: 0; }
main.old { opacity: 0.55; }

.disc { width: 1.15em; height: 1.15em; flex: none; vertical-align: -0.2em; }
.disc path { fill: none; stroke: var(--glyph); stroke-width: 4; stroke-linecap: round; stroke-linejoin: round; }
.disc.good circle { fill: var(--good); } .disc.watch circle { fill: var(--watch); } .disc.bad circle { fill: var(--bad); }
.disc.busy circle { fill: var(--busy); } .disc.none circle { fill: var(--none); }

.verdict { display: flex; gap: clamp(14px, 2vw, 28px); align-items: center; border-radius: 14px; padding: clamp(18px, 2.4vw, 32px); background: var(--ground); }
.verdict.good { --ground: var(--good-veil); --tone: var(--good); } .verdict.watch { --ground: var(--watch-veil); --tone: var(--watch); }
.verdict.bad { --ground: var(--bad-veil); --tone: var(--bad); } .verdict.busy { --ground: var(--busy-veil); --tone: var(--busy); }
.verdict.none { --ground: var(--none-veil); --tone: var(--none); }
.verdict .disc { width: clamp(44px, 5.5vw, 76px); height: clamp(44px, 5.5vw, 76px); }
.verdict.busy .disc { animation: breathe 2.4s ease-in-out infinite; }
@keyframes breathe { 50% { opacity: 0.55; } }
.word { color: var(--tone); font-size: 14px; font-weight: 650; }
h1 { font-size: clamp(23px, 3vw, 38px); line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; text-wrap: balance; }
.verdict .todo { margin-top: 8px; max-width: 80ch; }
.verdict .facts { color: var(--soft); margin-top: 8px; max-width: 120ch; text-wrap: pretty; }

.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 18px clamp(14px, 1.6vw, 22px) 20px; }
h2 { font-size: 16px; line-height: 1.3; letter-spacing: -0.005em; font-weight: 650; }
.say { color: var(--soft); margin-top: 2px; text-wrap: pretty; }
.more { color: var(--soft); font-size: 14px; margin-top: 8px; }
.calm { display: flex; gap: 12px; align-items: baseline; padding-top: 12px; padding-bottom: 12px; }
.calm .say { margin: 0; }

.needs > ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 0 36px; margin-top: 10px; }
.need { display: grid; grid-template-columns: 4.4em 1fr; gap: 0 8px; padding: 10px 0; border-top: 1px solid var(--line); align-content: start; }
.badge { font-size: 13px; font-weight: 650; border-radius: 6px; padding: 1px 8px; justify-self: start; align-self: start; margin-top: 1px; }
.need.act .badge { color: var(--bad); background: var(--bad-veil); } .need.watch .badge { color: var(--watch); background: var(--watch-veil); }
.need .title { font-weight: 600; } .need .todo { color: var(--soft); max-width: 90ch; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 16px 0; }
.figures > div { padding: 0 clamp(12px, 1.6vw, 22px); border-left: 1px solid var(--line); min-width: 0; }
.figures > div:first-child { border-left: 0; }
.figures dt, .figures .note { color: var(--soft); font-size: 13.5px; line-height: 1.4; }
.figures .value { font-size: clamp(26px, 2.5vw, 34px); line-height: 1.2; letter-spacing: -0.025em; font-weight: 650; white-space: nowrap; }
.figures .of { font-size: 0.55em; letter-spacing: 0; }

.closed { grid-column: span 7; } .backlog { grid-column: span 5; }
.rest { display: grid; gap: 16px; grid-template-columns: repeat(4, minmax(0, 1fr)); }

.plot { position: relative; margin-top: 12px; }
.scale { position: absolute; inset: 0 0 auto 0; height: 169px; pointer-events: none; border-bottom: 1px solid var(--axis); }
.scale span { position: absolute; left: 0; right: 0; top: 0; border-top: 1px solid var(--grid); color: var(--soft); font-size: 12px; line-height: 1.3; }
.scale span + span { top: 50%; }
.columns { display: flex; gap: 3px; padding-left: 44px; position: relative; }
.column { flex: 1 1 0; min-width: 0; }
.column svg { display: block; width: 100%; height: 168px; }
.column i { display: block; text-align: center; font-style: normal; font-size: 13px; line-height: 18px; height: 18px; color: var(--ink); overflow: hidden; }
.column:hover rect:not(.air) { opacity: 0.8; }
svg .closed { fill: var(--closed); } svg .ended { fill: var(--ended); } svg .gone { fill: var(--gone); } svg .trouble { fill: var(--trouble); }
svg .kept { fill: var(--kept); } svg .track { fill: var(--track); } svg .idle { fill: var(--idle-night); } svg .air { fill: transparent; }
.course { display: block; height: 168px; width: calc(100% - 44px); margin-left: 44px; overflow: visible; position: relative; }
.course path { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.course .surface { fill: var(--closed-veil); stroke: none; }
.course .due { stroke: var(--closed); } .course .left { stroke: var(--trouble); } .course .line.left { stroke-dasharray: 5 4; }
.course .dots { stroke-width: 7; }
.course + .ticks { padding-top: 18px; }
.ticks { display: flex; padding-left: 44px; color: var(--soft); font-size: 12px; line-height: 1.5; }
.ticks span { flex: 1 1 0; text-align: right; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 8px; color: var(--soft); font-size: 13.5px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; flex: none; }
.key.closed { background: var(--closed); } .key.ended { background: var(--ended); } .key.trouble { background: var(--trouble); } .key.gone { background: var(--gone); }
.key.sign { width: auto; height: auto; color: var(--ink); font-weight: 700; line-height: 1; }
.key.line { width: 18px; height: 0; border-radius: 0; background: none; border-top: 2px solid; }
.key.line.closed { border-color: var(--closed); } .key.line.trouble { border-color: var(--trouble); border-top-style: dashed; }

.lying { margin-top: 10px; }
.lying li { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; margin-top: 8px; }
.lying b { font-weight: 600; }
.lying svg { grid-column: 1 / -1; width: 100%; height: 8px; border-radius: 2px; display: block; }

details { margin-top: 8px; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; width: fit-content; padding: 2px 0; }
summary:hover { color: var(--ink); }
.scroll { overflow-x: auto; margin-top: 6px; max-height: 340px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.45; }
.scroll table { overflow-wrap: normal; } .scroll th[scope=row] { white-space: nowrap; }
caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
th, td { text-align: left; font-weight: 400; padding: 7px 18px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); border-top: 0; vertical-align: bottom; }
.runs-box { margin-top: 6px; overflow-x: auto; } .runs .when { white-space: nowrap; } .runs .roomy { overflow-wrap: normal; }
.n { text-align: right; white-space: nowrap; }
.zero { color: var(--soft); } .alarming { color: var(--trouble); font-weight: 650; }
.said td { border-top: 0; padding-top: 0; color: var(--soft); font-size: 13.5px; }
.end > div { display: flex; gap: 8px; } .end span { white-space: nowrap; } .end .disc { margin-top: 0.12em; }
.runs th[scope=row] { white-space: nowrap; } .runs th, .runs td { overflow-wrap: normal; } .said td { overflow-wrap: anywhere; }
.narrow-only { display: none; }

.cases { margin-top: 8px; font-size: 14px; }
.cases li { margin-top: 7px; }
.id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px; display: block; }
.facts { color: var(--soft); }
.pairs { margin-top: 8px; }
.pairs div { display: grid; grid-template-columns: 6em 1fr; gap: 0 10px; margin-top: 4px; }
.pairs dt { color: var(--soft); }

footer { color: var(--soft); font-size: 13.5px; padding-top: 20px; padding-bottom: 32px; }
footer p { max-width: 100ch; }

.login { max-width: 420px; width: calc(100% - 24px); margin-top: 12vh; display: block; padding: 28px; background: var(--panel); border: 1px solid var(--line); border-radius: 14px; }
.login :focus-visible { outline-offset: 2px; }
.login h1 { font-size: 26px; }
.login a { color: inherit; }
.login form { margin-top: 20px; display: grid; gap: 12px; }
.login input { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--axis); border-radius: 8px; padding: 9px 12px; width: 100%; }
.login button { font: inherit; font-weight: 600; color: var(--glyph); background: var(--busy); border: 0; border-radius: 8px; padding: 10px 14px; cursor: pointer; }
.login .wrong { color: var(--bad); font-weight: 600; } .login .hint { color: var(--soft); font-size: 14px; margin-top: 16px; }

@media (max-width: 1080px) {
  .closed, .backlog { grid-column: 1 / -1; }
  .figures { grid-template-columns: repeat(3, minmax(0, 1fr)); row-gap: 16px; }
  .figures > div:nth-child(3n + 1) { border-left: 0; }
}
@media (max-width: 640px) {
  main, .rest { gap: 12px; } .rest { grid-template-columns: minmax(0, 1fr); }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .figures > div { border-left: 0; } .figures > div:nth-child(2n) { border-left: 1px solid var(--line); }
  .roomy, .wide { display: none; } .narrow-only { display: block; color: var(--soft); }
  .end div > span { white-space: normal; } .end > div { gap: 4px; } .runs table { font-size: 13.5px; } th, td { padding-right: 10px; }
  .runs th:not(:last-child), .runs td:not(:last-child) { padding-right: 7px; }
  .columns { gap: 2px; padding-left: 34px; } .column i { font-size: 10px; margin: 0 -2px; } .ticks { padding-left: 34px; } .course { margin-left: 34px; width: calc(100% - 34px); }
  .runs .when { white-space: normal; } .runs .when > span:not(.narrow-only) { white-space: nowrap; }
  header form { margin-left: auto; }
  .verdict { align-items: flex-start; }
  .need { grid-template-columns: 1fr; gap: 4px; }
}
@media (min-width: 641px) and (max-width: 1240px) { .rest { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 400px) {
  .panel { padding-left: 10px; padding-right: 10px; } .figures > div { padding-left: 10px; padding-right: 6px; }
  .runs table { font-size: 12px; } .runs th:not(:last-child), .runs td:not(:last-child) { padding-right: 4px; } .panel.runs { padding-left: 8px; padding-right: 8px; }
  .runs th, .runs td { overflow-wrap: anywhere; } .runs thead th, .runs .n, .runs .end { overflow-wrap: normal; }
}
@media (max-width: 340px) { .end > div { flex-direction: column; } }
@media (pointer: coarse) { summary { min-height: 40px; padding: 9px 0; } header button { min-height: 40px; } }
@media (prefers-reduced-motion: reduce) { .verdict.busy .disc { animation: none; } }
`;
