import type { Failure, ReopenedClose, Report, Unclosable } from '../../../report.ts';
import type { Markup } from '../markup.ts';
import { count, momentIn, plural, spaced } from '../words.ts';
import { type CaseGroup, caseSection, grouped } from './case-list.ts';

/** Everything that somebody should look at; sections without an entry are left out. */
export function troubleSections(report: Report): (Markup | null)[] {
  return [unclosableSection(report), failureSection(report), reopenedSection(report)];
}

function unclosableSection({ unclosable, timeZone }: Report): Markup | null {
  if (unclosable.total === 0) return null;
  const moment = momentIn(timeZone);
  const groupOf = (one: Unclosable): CaseGroup => ({
    what: [spaced(one.outcome), ...answer(one)].join(', '),
    next: one.nextAction,
    lines: [
      {
        conversationId: one.conversationId,
        facts: [...known(one), `last tried ${moment(one.lastAt)}`, `rests until ${moment(one.restsUntil)}`],
      },
    ],
  });
  return caseSection({
    id: 'unclosable',
    title: 'Could not be closed three nights running',
    say: 'They are tried once a week from now on.',
    groups: grouped(unclosable.items, groupOf),
    total: unclosable.total,
  });
}

function failureSection({ failures, timeZone }: Report): Markup | null {
  if (failures.total === 0) return null;
  const moment = momentIn(timeZone);
  const groupOf = (one: Failure): CaseGroup => ({
    what: [...whatFailed(one), ...answer(one), ...settled(one)].join(', '),
    next: one.settledAs === null ? one.nextAction : null,
    lines: [
      {
        conversationId: one.conversationId,
        facts: [...known(one), plural(one.tries, 'failure'), `last ${moment(one.lastAt)}`],
      },
    ],
  });
  const open = failures.items.filter(({ settledAs }) => settledAs === null).length;
  return caseSection({
    id: 'failures',
    title: 'What went wrong',
    say: `${plural(failures.total, 'conversation')}, of which ${failures.items.length < failures.total ? 'at least ' : ''}${count(open)} still open. Genesys support asks for the correlation ids.`,
    groups: grouped(failures.items, groupOf),
    total: failures.total,
  });
}

function reopenedSection({ reopened: { list }, timeZone }: Report): Markup | null {
  if (list.total === 0) return null;
  const moment = momentIn(timeZone);
  const groupOf = (one: ReopenedClose): CaseGroup => ({
    what: `closed as ${spaced(one.reason ?? 'unknown')}`,
    next: null,
    lines: [
      {
        conversationId: one.conversationId,
        facts: [...session(one), `closed ${moment(one.closedAt)}`, `seen again ${moment(one.seenAt)}`],
      },
    ],
  });
  return caseSection({
    id: 'reopened',
    title: 'Came back after closing',
    say: 'A guest wrote again, which makes the same conversation live again.',
    groups: grouped(list.items, groupOf),
    total: list.total,
  });
}

function whatFailed({ outcome, reason }: Failure): string[] {
  if (outcome === 'unconfirmed') return ['accepted, but never seen to end'];
  return reason === null ? ['failed'] : [`failed at the stage ${spaced(reason)}`];
}

function answer(one: { readonly httpStatus: number | null; readonly errorCode: string | null }): string[] {
  return [
    ...(one.httpStatus === null ? [] : [`status ${one.httpStatus}`]),
    ...(one.errorCode === null ? [] : [one.errorCode]),
  ];
}

function settled({ settledAs }: Failure): string[] {
  return settledAs === null ? [] : [`since then ${spaced(settledAs)}`];
}

function session({ sessionId }: { readonly sessionId: string | null }): string[] {
  return sessionId === null ? [] : [`session ${sessionId}`];
}

function known(one: { readonly sessionId: string | null; readonly correlationId: string | null }): string[] {
  return [...session(one), ...(one.correlationId === null ? [] : [`correlation id ${one.correlationId}`])];
}
