import { calendarOf } from '../../../calendar.ts';
import type { Failure, ReopenedClose, Report, Unclosable } from '../../../report.ts';
import type { Markup } from '../markup.ts';
import { count, dayName, momentIn, plural, spaced } from '../words.ts';
import { caseSection, grouped } from './case-list.ts';

/** Everything that somebody should look at; sections without an entry are left out. */
export function troubleSections(report: Report): (Markup | null)[] {
  return [unclosableSection(report), failureSection(report), reopenedSection(report)];
}

function unclosableSection({ unclosable: { items, total }, timeZone }: Report): Markup | null {
  if (total === 0) return null;
  const { day } = calendarOf(timeZone);
  return caseSection({
    id: 'unclosable',
    title: 'Could not be closed three nights running',
    say: 'Each is tried once a week from now on.',
    groups: grouped(items, (one: Unclosable) => ({
      what: [spaced(one.outcome), ...answer(one)].join(', '),
      next: one.nextAction,
      conversationId: one.conversationId,
      facts: [...session(one), ...correlation(one), `rests until ${dayName(day(one.restsUntil))}`],
    })),
    total,
  });
}

function failureSection({ failures: { items, total } }: Report): Markup | null {
  if (total === 0) return null;
  const open = items.filter(({ settledAs }) => settledAs === null).length;
  const atLeast = items.length < total ? 'at least ' : '';
  return caseSection({
    id: 'failures',
    title: 'What went wrong',
    say: `${plural(total, 'conversation')}, of which ${atLeast}${count(open)} ${open === 1 ? 'is' : 'are'} still open. Genesys support asks for the correlation ids.`,
    groups: grouped(items, (one: Failure) => ({
      what: [...whatFailed(one), ...answer(one), ...settled(one)].join(', '),
      next: one.settledAs === null ? one.nextAction : null,
      conversationId: one.conversationId,
      facts: [...session(one), ...correlation(one), ...(one.tries > 1 ? [plural(one.tries, 'time')] : [])],
    })),
    total,
  });
}

function reopenedSection({ reopened: { list }, timeZone }: Report): Markup | null {
  if (list.total === 0) return null;
  const moment = momentIn(timeZone);
  return caseSection({
    id: 'reopened',
    title: 'Came back after closing',
    say: 'Somebody wrote again, and the same conversation was live again.',
    groups: grouped(list.items, (one: ReopenedClose) => ({
      what: one.reason === null ? 'closed' : `closed as ${spaced(one.reason)}`,
      next: null,
      conversationId: one.conversationId,
      facts: [...session(one), `closed ${moment(one.closedAt)}`, `seen again ${moment(one.seenAt)}`],
    })),
    total: list.total,
  });
}

function whatFailed({ outcome, reason }: Failure): string[] {
  if (outcome === 'unconfirmed') return ['accepted, but never seen to end'];
  return reason === null ? ['failed'] : [`failed at the stage ${spaced(reason)}`];
}

function answer({ httpStatus, errorCode }: Pick<Failure, 'httpStatus' | 'errorCode'>): string[] {
  return [
    ...(httpStatus === null ? [] : [`status ${httpStatus}`]),
    ...(errorCode === null ? [] : [errorCode]),
  ];
}

function settled({ settledAs }: Failure): string[] {
  return settledAs === null ? [] : [`since then ${spaced(settledAs)}`];
}

function session({ sessionId }: Pick<Failure, 'sessionId'>): string[] {
  return sessionId === null ? [] : [`session ${sessionId}`];
}

function correlation({ correlationId }: Pick<Failure, 'correlationId'>): string[] {
  return correlationId === null ? [] : [`correlation id ${correlationId}`];
}
