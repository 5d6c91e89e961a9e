import picocolors from 'picocolors';
import { OUTCOMES, type OutcomeKind } from '../../domain/outcome.ts';
import { calendarOf } from '../calendar.ts';
import type { Report } from '../figures.ts';
import { visible, wrap } from '../text.ts';
import { plainTable } from './plain-table.ts';

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
  return `${title}\n\n${table}\n${note}`;
}

type Colors = ReturnType<typeof picocolors.createColors>;

function keyTable({ by, rows, totals }: Report, shown: readonly OutcomeKind[], colors: Colors): string {
  const head = [by, ...shown.map((outcome) => outcome.replace('_', '\n'))].map(colors.dim);
  const counts = rows.map((row) => [
    visible(row.key),
    ...shown.map((outcome) => number(row[outcome], colors)),
  ]);
  const all = ['all', ...shown.map((outcome) => String(totals[outcome]))].map(colors.bold);
  return plainTable(head, [...counts, all], ['left', ...shown.map(() => 'right' as const)]);
}

/** By outcome every other column would be empty. */
function outcomeTable({ rows }: Report, colors: Colors): string {
  const counted = rows.map((row) => [row.key, row[row.key as OutcomeKind]] as const);
  const all = ['all', String(counted.reduce((sum, [, n]) => sum + n, 0))].map(colors.bold);
  const lines = counted.map(([key, n]) => [key, String(n)]);
  return plainTable(['outcome', 'conversations'].map(colors.dim), [...lines, all], ['left', 'right']);
}

function titleOf({ since, until, timeZone, by }: Report): string {
  const { minute } = calendarOf(timeZone);
  return `Outcomes by ${by}, ${minute(since)} to ${minute(until)} (${timeZone})`;
}

/** Zeros step back, so that the others are seen. */
function number(n: number, colors: Colors): string {
  return n === 0 ? colors.dim('0') : String(n);
}
