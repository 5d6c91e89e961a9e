import type { Report } from '../../../report.ts';
import { comparison, count, percent, plural } from '../words.ts';

/** The whole report in a few sentences, for whoever reads no further. */
export function gistOf(report: Report): string {
  return [whatWasDone(report), whatMissed(report), whatFailed(report), whatCameBack(report)]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

function whatWasDone({ totals, before }: Report): string {
  if (Object.values(totals).every((n) => n === 0)) return 'Nothing was decided in this time.';
  const compared = before.recorded ? `, ${comparison(before.difference.closed)} in the period before` : '';
  return `${plural(totals.closed, 'abandoned conversation was', 'abandoned conversations were')} closed${compared}.`;
}

function whatMissed({ nights }: Report): string | null {
  if (nights === null || nights.missing.total === 0) return null;
  const { missing, due } = nights;
  return `Of ${plural(due, 'night')} that ${due === 1 ? 'was' : 'were'} due, ${count(missing.total)} did not run.`;
}

function whatFailed({ failures, unclosable }: Report): string | null {
  if (failures.total === 0 && unclosable.total === 0) return null;
  const failed = plural(failures.total, 'conversation');
  const resting =
    unclosable.total === 0 ? '' : `, and ${count(unclosable.total)} cannot be closed without help`;
  return `With ${failed} something went wrong${resting}.`;
}

function whatCameBack({ reopened: { list, rate } }: Report): string | null {
  if (list.total === 0 || rate === null) return null;
  return `${count(list.total)} came back after closing (${percent(rate)}).`;
}
