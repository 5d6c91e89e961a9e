import { DARK, LIGHT } from './palette.ts';

/** The whole style sheet of the page. Fonts are those of the reader's system. */
export const STYLES = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
@media print { :root { color-scheme: light; ${LIGHT} } }

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 1104px; padding: clamp(28px, 5vw, 72px) clamp(16px, 4vw, 40px);
  background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere;
}
h1, h2, p, dl, dd, ul, ol, table { margin: 0; padding: 0; }
h1 { font-size: clamp(28px, 4vw, 40px); line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; text-wrap: balance; }
h2 { font-size: 20px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 650; }
p { max-width: 68ch; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px; border-radius: 2px; }

.mark { color: var(--soft); font-size: 14px; margin-bottom: 10px; }
.period { color: var(--soft); margin-top: 10px; }
.gist { font-size: 19px; line-height: 1.5; margin-top: 28px; }

section { margin-top: 64px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 56px; }
.say { color: var(--soft); margin-top: 4px; text-wrap: pretty; }

.figures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 32px 40px; margin-top: 44px; }
.figures > div { border-top: 1px solid var(--line); padding-top: 14px; }
.figures dt { color: var(--soft); font-size: 14px; }
.figures .value { white-space: nowrap; font-size: 44px; line-height: 1.15; letter-spacing: -0.03em; font-weight: 650; margin-top: 2px; }
.figures .of { font-size: 0.55em; letter-spacing: 0; }
.figures .note { color: var(--soft); font-size: 14px; line-height: 1.45; margin-top: 4px; }
.figures.small { margin-top: 32px; }
.figures.small .value { font-size: 22px; letter-spacing: -0.01em; }

.chart { display: block; width: 100%; height: auto; margin-top: 20px; overflow: visible; }
.chart.half { max-width: 480px; }
.narrow { display: none; max-width: 460px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin-top: 14px; color: var(--soft); font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 8px; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; flex: none; }
.key.closed { background: var(--closed); } .key.ended { background: var(--ended); }
.key.gone { background: var(--gone); } .key.trouble { background: var(--trouble); }
.key.cross { width: auto; height: auto; color: var(--ink); font-weight: 700; line-height: 1; }
.key.line { width: 18px; height: 0; border-radius: 0; background: none; border-top: 2px solid; }
.key.line.closed { border-color: var(--closed); } .key.line.trouble { border-color: var(--trouble); border-top-style: dashed; }
.key.ring { width: 9px; height: 9px; border-radius: 50%; border: 1.5px solid var(--soft); }

details { margin-top: 16px; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; width: fit-content; padding: 4px 0; }
summary:hover { color: var(--ink); }
.scroll { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.45; }
caption { text-align: left; color: var(--soft); padding-bottom: 8px; }
th, td { text-align: left; font-weight: 400; padding: 7px 24px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); border-top: 0; vertical-align: bottom; }
tfoot th, tfoot td { font-weight: 650; }
.n { text-align: right; white-space: nowrap; }
.zero { color: var(--soft); }
.id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
.more { color: var(--soft); font-size: 14px; margin-top: 10px; }
.cases, .cases ul { list-style: none; }
.cases > li { border-top: 1px solid var(--line); margin-top: 20px; padding-top: 14px; }
.cases .next { color: var(--soft); }
.cases ul { margin-top: 8px; font-size: 14px; line-height: 1.6; }
.cases ul li { display: grid; grid-template-columns: 23em 1fr; gap: 0 16px; align-items: baseline; }
.facts { color: var(--soft); }
@media screen { .on-paper { display: none; } }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 72px; border-top: 1px solid var(--line); padding-top: 20px; color: var(--soft); font-size: 14px; }
footer p + p { margin-top: 6px; }

@media (max-width: 900px) { .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 28px 24px; } }
@media screen and (max-width: 719px) {
  .wide { display: none; } .narrow { display: block; }
  section { margin-top: 52px; }
  .figures .value { font-size: 34px; }
  .figures.small .value { font-size: 20px; white-space: normal; overflow-wrap: normal; }
  th, td { padding-right: 16px; }
  .cases ul li { display: block; } .cases ul li + li { margin-top: 8px; }
}

@page { size: A4; margin: 14mm 15mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 22pt; } h2 { font-size: 13pt; }
  .mark { margin-bottom: 3pt; } .period { margin-top: 3pt; }
  .gist { font-size: 10.5pt; margin-top: 8pt; max-width: none; }
  h2, .say, .what, .next { break-after: avoid; }
  section { margin-top: 15pt; break-inside: avoid; }
  .figures { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8pt 16pt; margin-top: 11pt; }
  .figures.small { margin-top: 9pt; }
  .figures > div { padding-top: 4pt; }
  .figures .value { font-size: 22pt; } .figures.small .value { font-size: 12.5pt; }
  .figures dt, .figures .note, .legend, table, .more { font-size: 8pt; }
  .legend { gap: 0 10pt; }
  .pair { grid-template-columns: 1fr 1fr; gap: 0 28pt; }
  .say { font-size: 9pt; margin-top: 1pt; } .legend { margin-top: 5pt; } .chart { margin-top: 8pt; }
  .say { max-width: none; }
  .cases > li { margin-top: 4pt; padding-top: 3pt; break-inside: avoid; } .cases ul, .id { font-size: 7.5pt; } .cases ul { margin-top: 2pt; }
  .cases .what, .cases .next { font-size: 9pt; } .more { margin-top: 2pt; }
  .on-screen, .spare { display: none !important; }
  tfoot { display: table-row-group; } tfoot tr { break-before: avoid; }
  details:not([open]) { display: none; }
  summary { list-style: none; }
  .long { break-inside: auto; } tr { break-inside: avoid; }
  th, td { padding-top: 3.5pt; padding-bottom: 3.5pt; }
  footer { margin-top: 12pt; padding-top: 4pt; font-size: 7.5pt; break-inside: avoid; } footer p { max-width: none; } footer p + p { margin-top: 1pt; }
}
`;
