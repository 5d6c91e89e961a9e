import { calendarOf } from '../../../calendar.ts';
import type { Failure, ReopenedClose, Report, Unclosable } from '../../../report.ts';
import { FAILURES, howOf, REOPENED, UNCLOSABLE } from '../../lists-text.ts';
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
    title: UNCLOSABLE,
    say: 'Each is tried once a week from now on.',
    groups: grouped(items, (one: Unclosable) => ({
      what: howOf(one),
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
    title: FAILURES,
    say: `${plural(total, 'conversation')}, ${atLeast}${count(open)} of them not settled. Genesys support asks for the correlation ids.`,
    groups: grouped(items, (one: Failure) => ({
      what: howOf(one),
      next: one.nextAction,
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
    title: REOPENED,
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

function session({ sessionId }: Pick<Failure, 'sessionId'>): string[] {
  return sessionId === null ? [] : [`session ${sessionId}`];
}

function correlation({ correlationId }: Pick<Failure, 'correlationId'>): string[] {
  return correlationId === null ? [] : [`correlation id ${correlationId}`];
}
