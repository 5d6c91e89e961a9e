import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { OUTCOMES, type OutcomeKind } from '../../domain/outcome.ts';
import { calendarOf } from '../calendar.ts';
import { headlines, NO_BREAK } from '../headlines.ts';
import type { Report } from '../report.ts';
import { visible, WIDTH, wrap } from '../text.ts';
import { listsText } from './lists-text.ts';
import { plainTable } from './plain-table.ts';
import { remarksOnDays } from './ran.ts';

/** The report as text for people: headline figures, one line for each key, then what somebody should look at. */
export function renderTable(report: Report, { color }: { readonly color: boolean }): string {
  const colors = picocolors.createColors(color);
  const shown = OUTCOMES.filter((outcome) => report.totals[outcome] > 0);
  const table =
    shown.length === 0
      ? 'Nothing was decided in this time.'
      : report.by === 'outcome'
        ? outcomeTable(report, colors)
        : keyTable(report, shown, colors);
  const blocks = [
    colors.bold(wrap(titleOf(report))),
    headlineBlock(report, colors),
    table,
    ...notesOf(report).map((note) => colors.dim(wrap(note))),
    ...listsText(report, colors),
  ];
  return `${blocks.join('\n\n')}\n`;
}

type Colors = ReturnType<typeof picocolors.createColors>;

export function titleOf({ since, until, timeZone, by }: Report): string {
  const { minute } = calendarOf(timeZone);
  return `Outcomes by ${by}, ${minute(since)} to ${minute(until)} (${timeZone})`;
}

/** What must be known to read the figures rightly; sentences. */
export function notesOf({ by, totals, detailSince, timeZone, before }: Report): string[] {
  const { minute } = calendarOf(timeZone);
  return [
    ...(by === 'run' || totals.kept === 0
      ? []
      : ['A conversation that is kept every night counts every night.']),
    ...(detailSince === null || detailSince <= before.until
      ? []
      : [
          `Before ${minute(detailSince)} only sums are kept: times, reopened ones, agent slots and lists begin there.`,
        ]),
  ];
}

function headlineBlock(report: Report, colors: Colors): string {
  const lines = headlines(report);
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const valueWidth = Math.max(...lines.map(({ value }) => value.length));
  const indent = 2 + nameWidth + 2 + valueWidth + 2;
  return lines
    .map(({ name, value, remark, alarming }) => {
      const shown = value.replaceAll(NO_BREAK, ' ').padStart(valueWidth);
      const head = `  ${colors.dim(name.padEnd(nameWidth))}  ${alarming ? colors.yellow(shown) : shown}`;
      if (remark === '') return head;
      const hung = wrap(visible(remark), 0, WIDTH - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
      return `${head}  ${colors.dim(hung.replaceAll(NO_BREAK, ' '))}`;
    })
    .join('\n');
}

function keyTable(report: Report, shown: readonly OutcomeKind[], colors: Colors): string {
  const { by, rows, totals } = report;
  const remark = remarksOnDays(report);
  const extra = <T>(cell: T): T[] => (remark === null ? [] : [cell]);
  const head = [by, ...shown.map((outcome) => outcome.replace('_', '\n')), ...extra('')];
  const counts = rows.map((row) => [
    visible(row.key),
    ...shown.map((outcome) => number(row[outcome], colors)),
    ...extra(styled(remark?.(row.key) ?? '', colors.yellow)),
  ]);
  const all = ['all', ...shown.map((outcome) => String(totals[outcome])), ...extra('')];
  const lines = (cut: (row: readonly string[]) => readonly string[]) =>
    plainTable(
      cut(head).map((cell) => styled(cell, colors.dim)),
      [...counts.map(cut), cut(all).map((cell) => styled(cell, colors.bold))],
      ['left', ...shown.map(() => 'right' as const), ...extra('left' as const)],
    );
  const table = lines((row) => row);
  if (widthOf(table) <= WIDTH) return table;
  return withKeysAbove(
    lines(([, ...others]) => ['', ...others]),
    [...counts, all].map(([key = '']) => key),
  );
}

/** Names such as queue ids leave no room for many columns: each gets a line of its own, above its numbers. */
function withKeysAbove(table: string, keys: readonly string[]): string {
  const lines = table.split('\n');
  const head = lines.slice(0, lines.length - keys.length);
  const rows = lines.slice(lines.length - keys.length);
  return [...head, ...keys.flatMap((key, i) => [key, rows[i] ?? ''])].join('\n');
}

/** Of the longest line, as it is seen. */
function widthOf(lines: string): number {
  return Math.max(
    ...stripVTControlCharacters(lines)
      .split('\n')
      .map((line) => line.length),
  );
}

/** By outcome every other column would be empty. */
function outcomeTable({ rows }: Report, colors: Colors): string {
  const counted = rows.map((row) => [row.key, row[row.key as OutcomeKind]] as const);
  const all = ['all', String(counted.reduce((sum, [, n]) => sum + n, 0))].map(colors.bold);
  const lines = counted.map(([key, n]) => [key, String(n)]);
  return plainTable(['outcome', 'conversations'].map(colors.dim), [...lines, all], ['left', 'right']);
}

/** An empty cell stays empty, so that no blanks are left at the end of its line. */
function styled(cell: string, style: (text: string) => string): string {
  return cell === '' ? '' : style(cell);
}

/** Zeros step back, so that the others are seen. */
function number(n: number, colors: Colors): string {
  return n === 0 ? colors.dim('0') : String(n);
}
