import type { Discovery } from '../../discover/open.ts';
import type { OpenConversation, Period } from '../../discover/ports.ts';
import type { ExitCode } from '../../domain/errors.ts';
import type { RequestFigures } from '../../domain/run.ts';
import { beginning } from '../../domain/text.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import type { ImportSummary } from '../../intake/summary.ts';
import { visible } from '../../report/text.ts';
import type { Colors } from '../output.ts';
import { hang } from './hang.ts';
import { requestsText } from './run.ts';
import { numberTable } from './table.ts';

/** A discovery, and what was done with it. */
export interface Listed {
  readonly discovery: Discovery;
  readonly period: Period;
  /** Null: nothing was to be imported. */
  readonly imported: ImportSummary | null;
  readonly exitCode: ExitCode;
  readonly requests: RequestFigures;
}

/** The public object of `discover --json`. */
export function openJson(listed: Listed): object {
  const { discovery, period, imported, requests, exitCode } = listed;
  const { unmapped, mapped, mappedAsEnded, unreadable, gaps } = discovery;
  return {
    since: toIso(period.since),
    until: toIso(period.until),
    conversations: unmapped.map(conversationJson),
    counts: { unmapped: unmapped.length, mapped, mappedAsEnded, unreadable },
    gaps: gaps.map(({ since, until, why }) => ({ since: toIso(since), until: toIso(until), why })),
    complete: isComplete(discovery),
    import: imported === null ? null : { id: imported.id, ...imported.counts },
    requests,
    exitCode,
    message: openMessage(listed),
  };
}

function conversationJson(one: OpenConversation): object {
  return {
    conversationId: one.conversationId,
    startedAt: toIso(one.startedAt),
    lastChangeAt: one.lastChangeAt === null ? null : toIso(one.lastChangeAt),
    queueId: one.queueId,
    agentConnected: one.agentConnected,
  };
}

function isComplete({ stop, gaps, unreadable }: Discovery): boolean {
  return stop === null && gaps.length === 0 && unreadable === 0;
}

/** How many are shown at a terminal; all are in `--json` and `--out`. */
const SHOWN = 100;
/** How much of a queue's id is shown: enough to tell queues apart, within 80 columns. */
const QUEUE_WIDTH = 8;

/** The same for people: the list, what to bear in mind, and the message. */
export function openText(
  listed: Listed,
  { now, colors }: { readonly now: Instant; readonly colors: Colors },
): string {
  const { unmapped, gaps } = listed.discovery;
  const more = unmapped.length - SHOWN;
  const table = numberTable(
    ['conversation', 'started (UTC)', 'last\nchange', 'queue', 'agent'],
    unmapped
      .slice(0, SHOWN)
      .map((one) => [
        one.conversationId,
        minute(one.startedAt),
        one.lastChangeAt === null ? '?' : humanDuration(now - one.lastChangeAt),
        beginning(one.queueId ?? '', QUEUE_WIDTH),
        one.agentConnected === null ? '?' : one.agentConnected ? 'yes' : 'no',
      ]),
    colors,
  );
  const missing = gaps
    .slice(0, SHOWN)
    .map(({ since, until, why }) => `not told: ${minute(since)} to ${minute(until)}, ${visible(why)}`);
  return [
    ...(unmapped.length > 0 ? [table] : []),
    ...(more > 0 ? [`and ${more} more; all are in --out FILE and --json`] : []),
    ...(unmapped.length > 0 ? [''] : []),
    ...missing.map((line) => `  ${hang(line, 4)}`),
    hang(visible(openMessage(listed)), 0),
    colors.dim(hang(NOTE, 0)),
    colors.dim(requestsText(listed.requests)),
  ].join('\n');
}

const NOTE =
  'Analytics is minutes behind: some may have ended by now. A sweep reads each one before it decides.';

/** The one-line summary. */
export function openMessage({ discovery, imported }: Listed): string {
  const { unmapped, mapped, mappedAsEnded, unreadable, gaps, stop } = discovery;
  const ended = mappedAsEnded === 0 ? '' : ` (${mappedAsEnded} of them ended, by the record)`;
  const open = unmapped.length === 1 ? '1 open conversation is' : `${unmapped.length} open conversations are`;
  return [
    // Of those that are, not all have been seen by the time the list ends early.
    isComplete(discovery)
      ? `${open} not in the mapping; ${mapped} ${mapped === 1 ? 'is' : 'are'}${ended}.`
      : `${open} not in the mapping.`,
    ...(imported === null
      ? []
      : [`${imported.counts.accepted} added to it; the next sweep looks at each that is due.`]),
    ...(isComplete(discovery) ? [] : ['The list is not complete.']),
    ...(gaps.length === 0
      ? []
      : [
          `${counted(gaps.length, 'part of the period', 'parts of the period')} not told; run again, or narrow it with --queue.`,
        ]),
    ...(unreadable === 0 ? [] : [`${counted(unreadable, 'entry', 'entries')} not understood.`]),
    ...(stop === null ? [] : [stop.sentence]),
  ].join(' ');
}

function counted(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? `1 ${one} was` : `${n} ${many} were`;
}

/** `2026-10-25 02:10` */
export function minute(at: Instant): string {
  return toIso(at).slice(0, 16).replace('T', ' ');
}
