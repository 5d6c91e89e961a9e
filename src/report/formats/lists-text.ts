import type picocolors from 'picocolors';
import { calendarOf } from '../calendar.ts';
import { count } from '../headlines.ts';
import { LISTED, type Listed, type Report } from '../report.ts';
import { visible, WIDTH, wrap } from '../text.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/** How many of a list people are shown. */
export const SHOWN = 10;

/** What somebody should look at: a block for each list that is not empty. */
export function listsText({ failures, unclosable, reopened, timeZone }: Report, colors: Colors): string[] {
  const { minute } = calendarOf(timeZone);
  return [
    ...block(FAILURES, failures, colors, (one) => ({
      head: [howOf(one), one.nextAction],
      lines: [`${minute(one.lastAt)}, ${count(one.tries, 'time')}`, ...idsOf(one)],
    })),
    ...block(UNCLOSABLE, unclosable, colors, (one) => ({
      head: [howOf(one), one.nextAction],
      lines: [`${minute(one.lastAt)}, rests until ${minute(one.restsUntil)}`, ...idsOf(one)],
    })),
    ...block(REOPENED, reopened.list, colors, (one) => ({
      head: [],
      lines: [
        `closed ${minute(one.closedAt)}${one.reason === null ? '' : ` (${one.reason})`}, seen active ${minute(one.seenAt)}`,
        ...idsOf({ ...one, correlationId: null }),
      ],
    })),
  ];
}

export const FAILURES = 'Failed or unconfirmed, those not settled first';
export const UNCLOSABLE = 'Could not be closed three nights running: report to Genesys';
export const REOPENED = 'Reopened after the close';

interface Entry {
  /** Said once for all that follow one another with the same. */
  readonly head: readonly string[];
  /** Below the id, as many on a line as fit. */
  readonly lines: readonly string[];
}

function block<T extends { readonly conversationId: string }>(
  title: string,
  { total, items }: Listed<T>,
  colors: Colors,
  entryOf: (one: T) => Entry,
): string[] {
  if (total === 0) return [];
  const lines = [colors.bold(`${title} (${total})`)];
  let said = '';
  for (const one of items.slice(0, SHOWN)) {
    const { head, lines: below } = entryOf(one);
    const heading = head.map((line, i) => ' '.repeat(2 + 2 * i) + hung(line, 2 + 2 * i)).join('\n');
    if (heading !== said && heading !== '') lines.push(heading);
    said = heading;
    const indent = head.length === 0 ? 2 : 4;
    lines.push(' '.repeat(indent) + one.conversationId);
    lines.push(colors.dim(' '.repeat(indent + 2) + hung(below.join(', '), indent + 2)));
  }
  const more = total - Math.min(SHOWN, items.length);
  if (more > 0) lines.push(colors.dim(`  and ${more} more; --format json has up to ${LISTED}`));
  return [lines.join('\n')];
}

function hung(line: string, indent: number): string {
  return wrap(visible(line), 0, WIDTH - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

/** `failed (inspect, 500, internal.server.error)` */
export function howOf(one: {
  readonly outcome: string;
  readonly reason?: string | null;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
}): string {
  const parts = [one.reason ?? null, one.httpStatus, one.errorCode].filter((part) => part !== null);
  return parts.length === 0 ? one.outcome : `${one.outcome} (${parts.join(', ')})`;
}

function idsOf(one: { readonly sessionId: string | null; readonly correlationId: string | null }): string[] {
  const parts = [
    ...(one.sessionId === null ? [] : [`session ${one.sessionId}`]),
    ...(one.correlationId === null ? [] : [`correlation id ${one.correlationId}`]),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}
