import { OUTCOMES } from '../../domain/outcome.ts';
import { calendarOf } from '../calendar.ts';
import { headlines, NO_BREAK } from '../headlines.ts';
import type { Listed, Report } from '../report.ts';
import { visible } from '../text.ts';
import { FAILURES, howOf, REOPENED, SHOWN, UNCLOSABLE } from './lists-text.ts';
import { remarksOnDays } from './ran.ts';
import { notesOf, titleOf } from './table.ts';

/** The report for a ticket: GitHub's tables. What comes from outside is code, where nothing mentions or links. */
export function renderMarkdown(report: Report): string {
  const blocks = [
    `## ${escaped(titleOf(report))}`,
    table(
      ['figure', 'value', 'remark'],
      headlines(report).map(({ name, value, remark }) => [name, escaped(value), escaped(remark)]),
      ['left', 'right', 'left'],
    ),
    ...keyTable(report),
    ...notesOf(report).map(escaped),
    ...lists(report),
  ];
  return `${blocks.join('\n\n')}\n`;
}

type Align = 'left' | 'right';

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(align.map((side) => (side === 'left' ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

function keyTable(report: Report): string[] {
  const shown = OUTCOMES.filter((outcome) => report.totals[outcome] > 0);
  if (shown.length === 0) return ['Nothing was decided in this time.'];
  const remark = remarksOnDays(report);
  const extra = <T>(cell: T): T[] => (remark === null ? [] : [cell]);
  const rows = report.rows.map((row) => [
    code(row.key),
    ...shown.map((outcome) => String(row[outcome])),
    ...extra(remark?.(row.key) ?? ''),
  ]);
  const all = ['**all**', ...shown.map((outcome) => `**${report.totals[outcome]}**`), ...extra('')];
  return [
    table(
      [report.by, ...shown, ...extra('')],
      [...rows, all],
      ['left', ...shown.map((): Align => 'right'), ...extra('left' as const)],
    ),
  ];
}

function lists({ failures, unclosable, reopened, timeZone }: Report): string[] {
  const { minute } = calendarOf(timeZone);
  return [
    ...list(FAILURES, failures, ['how', 'correlation id', 'tries', 'last', 'next'], (one) => [
      code(howOf(one)),
      code(one.correlationId),
      String(one.tries),
      minute(one.lastAt),
      escaped(one.nextAction),
    ]),
    ...list(UNCLOSABLE, unclosable, ['how', 'correlation id', 'last', 'rests until', 'next'], (one) => [
      code(howOf(one)),
      code(one.correlationId),
      minute(one.lastAt),
      minute(one.restsUntil),
      escaped(one.nextAction),
    ]),
    ...list(REOPENED, reopened.list, ['closed because', 'closed', 'seen active'], (one) => [
      code(one.reason),
      minute(one.closedAt),
      minute(one.seenAt),
    ]),
  ];
}

function list<T extends { readonly conversationId: string; readonly sessionId: string | null }>(
  title: string,
  { total, items }: Listed<T>,
  head: readonly string[],
  cells: (one: T) => string[],
): string[] {
  if (total === 0) return [];
  const rows = items
    .slice(0, SHOWN)
    .map((one) => [code(one.conversationId), code(one.sessionId), ...cells(one)]);
  const names = ['conversation', 'session', ...head];
  const more = total - rows.length;
  return [
    `### ${title} (${total})`,
    table(
      names,
      rows,
      names.map(() => 'left'),
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** Words of ours, and reasons: nothing in them is markup. */
function escaped(text: string): string {
  return visible(text.replaceAll(NO_BREAK, ' ')).replace(/[\\`*[\]<>|~#&!@]|(?<!\w)_|_(?!\w)/g, '\\$&');
}

/** A code span, longer fenced than anything in it; a pipe would end the cell even there. */
function code(text: string | null): string {
  if (text === null || text === '') return '';
  const shown = visible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  if (longest === 0) return `\`${shown}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}
