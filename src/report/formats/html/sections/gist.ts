import { percent } from '../../../headlines.ts';
import type { Report } from '../../../report.ts';
import { comparison, count, plural, spanBefore } from '../words.ts';

/** The whole report in a few sentences, for whoever reads no further. */
export function gistOf(report: Report): string {
  return [
    whatWasDone(report),
    whatMissed(report),
    whatFailed(report),
    whatRests(report),
    whatCameBack(report),
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

function whatWasDone({ totals, before, since, until }: Report): string {
  if (Object.values(totals).every((n) => n === 0)) return 'Nothing was decided in this time.';
  const then = before.recorded ? `, ${comparison(before.difference.closed, spanBefore(until - since))}` : '';
  return `${plural(totals.closed, 'abandoned conversation was', 'abandoned conversations were')} closed${then}.`;
}

function whatMissed({ nights }: Report): string | null {
  if (nights === null || nights.missing.total === 0) return null;
  const { missing, due } = nights;
  return `Of ${plural(due, 'night')} that ${due === 1 ? 'was' : 'were'} due, ${count(missing.total)} did not run.`;
}

function whatFailed({ failures: { total } }: Report): string | null {
  return total === 0 ? null : `Something went wrong with ${plural(total, 'conversation')}.`;
}

function whatRests({ unclosable: { total } }: Report): string | null {
  return total === 0 ? null : `${plural(total, 'conversation')} could not be closed three nights running.`;
}

function whatCameBack({ reopened: { list, rate } }: Report): string | null {
  return list.total === 0 || rate === null
    ? null
    : `${count(list.total)} came back after closing (${percent(rate)}).`;
}
