import Table from 'cli-table3';
import picocolors from 'picocolors';
import { OUTCOMES, type OutcomeKind } from '../../domain/outcome.ts';
import { calendarOf } from '../calendar.ts';
import type { Report } from '../figures.ts';
import { visible, wrap } from '../text.ts';

/** The report as text for people: a title with the period, one line for each key, the totals. */
export function renderTable(report: Report, { color }: { readonly color: boolean }): string {
  const colors = picocolors.createColors(color);
  const title = colors.bold(wrap(titleOf(report)));
  const shown = OUTCOMES.filter((outcome) => report.totals[outcome] > 0);
  if (shown.length === 0) return `${title}\n\nNothing was decided in this time.\n`;
  const table = report.by === 'outcome' ? outcomeTable(report, colors) : keyTable(report, shown, colors);
  const note =
    report.by === 'run' || report.totals.kept === 0
      ? ''
      : `\n${colors.dim('A conversation that is kept every night counts every night.')}\n`;
  return `${title}\n\n${trimLines(table.toString())}\n${note}`;
}

type Colors = ReturnType<typeof picocolors.createColors>;

function keyTable({ by, rows, totals }: Report, shown: readonly OutcomeKind[], colors: Colors) {
  const table = tableOf(
    [by, ...shown.map((outcome) => outcome.replace('_', '\n'))].map(colors.dim),
    shown.length,
  );
  for (const row of rows)
    table.push([visible(row.key), ...shown.map((outcome) => number(row[outcome], colors))]);
  table.push(['all', ...shown.map((outcome) => String(totals[outcome]))].map(colors.bold));
  return table;
}

/** By outcome every other column would be empty. */
function outcomeTable({ rows }: Report, colors: Colors) {
  const table = tableOf(['outcome', 'conversations'].map(colors.dim), 1);
  const counted = rows.map((row) => [row.key, row[row.key as OutcomeKind]] as const);
  for (const [key, n] of counted) table.push([key, String(n)]);
  table.push(['all', String(counted.reduce((sum, [, n]) => sum + n, 0))].map(colors.bold));
  return table;
}

function titleOf({ since, until, timeZone, by }: Report): string {
  const { minute } = calendarOf(timeZone);
  return `Outcomes by ${by}, ${minute(since)} to ${minute(until)} (${timeZone})`;
}

/** Zeros step back, so that the others are seen. */
function number(n: number, colors: Colors): string {
  return n === 0 ? colors.dim('0') : String(n);
}

function tableOf(head: string[], counts: number): Table.Table {
  return new Table({
    head,
    colAligns: ['left', ...Array<'right'>(counts).fill('right')],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
}

function trimLines(text: string): string {
  return text.replace(/ +$/gm, '');
}
