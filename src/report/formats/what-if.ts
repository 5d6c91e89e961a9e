import picocolors from 'picocolors';
import { type Instant, toIso } from '../../domain/time.ts';
import { calendarOf } from '../calendar.ts';
import { wrap } from '../text.ts';
import type { WhatIf } from '../what-if.ts';

/** An answer, and what was asked. */
export interface WhatIfReport extends WhatIf {
  readonly since: Instant;
  readonly until: Instant;
  readonly timeZone: string;
  /** As the settings are written: `staleAfter` → `12h`. */
  readonly asked: Readonly<Record<string, string>>;
  /** Outcomes before it were pruned and cannot be asked; null: they all can. */
  readonly detailSince: Instant | null;
}

/** Public shape: `report --what-if … --json`. */
export function whatIfJson(report: WhatIfReport) {
  return {
    since: toIso(report.since),
    until: toIso(report.until),
    timeZone: report.timeZone,
    whatIf: report.asked,
    closed: report.closed,
    wouldHaveClosed: wouldHaveClosed(report),
    more: report.more,
    sooner: report.sooner,
    fewer: report.fewer,
    unknown: report.unknown,
    atLeast: report.atLeast,
    detailSince: report.detailSince === null ? null : toIso(report.detailSince),
  };
}

function wouldHaveClosed({ closed, more, fewer }: WhatIf): number {
  return closed + more.conversations - fewer.conversations;
}

/** The same as text for people. */
export function whatIfText(report: WhatIfReport, { color }: { readonly color: boolean }): string {
  const colors = picocolors.createColors(color);
  const { minute } = calendarOf(report.timeZone);
  const { asked, since, until, closed, more, sooner, fewer, unknown, atLeast } = report;
  const settings = Object.entries(asked).map(([key, value]) => `${key} were ${value}`);
  const title = `If ${settings.join(' and ')}, ${minute(since)} to ${minute(until)} (${report.timeZone})`;
  const least = atLeast ? ', at least' : '';
  const rows: [string, number, string[]][] = [
    ['closed as it was', closed, []],
    [`would have been closed${least}`, wouldHaveClosed(report), []],
    [`  more${least}`, more.conversations, remarks([more.cameBack, BACK], [more.endedAnyway, ENDED])],
    [`  on an earlier night${least}`, sooner.conversations, remarks([sooner.cameBack, BACK])],
    ['  fewer', fewer.conversations, remarks([fewer.dueLater, LATER])],
    ['cannot be known', unknown, unknown > 0 ? ['who wrote last is not recorded'] : []],
  ];
  const lines = rows.map(([name, n, remark]) =>
    [`  ${name.padEnd(NAME)} ${String(n).padStart(6)}`, ...remark.slice(0, 1).map(colors.dim)]
      .join('  ')
      .concat(...remark.slice(1).map((more) => `,\n${' '.repeat(REMARK)}${colors.dim(more)}`)),
  );
  return `${colors.bold(wrap(title))}\n\n${lines.join('\n')}\n\n${notes(report)
    .map((note) => wrap(note))
    .join('\n')}\n`;
}

const NAME = 33;
const REMARK = 2 + NAME + 1 + 6 + 2;

const BACK = 'came back to life later';
const ENDED = 'ended by themselves later';
const LATER = 'old enough on a later night';

/** One for a line, each short enough for it. */
function remarks(...parts: readonly (readonly [n: number, what: string])[]): string[] {
  return parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
}

function notes({ atLeast, fewer, detailSince, since }: WhatIfReport): string[] {
  return [
    'In conversations, each counted once, from what the nights recorded; nothing was asked of Genesys. Budget and guards are left out.',
    ...(atLeast
      ? [
          'At least: whatever was active on your own side within the staleAfter of the night was not looked at, so nobody knows.',
        ]
      : []),
    ...(fewer.conversations > 0
      ? [
          'Fewer: they would have been kept when they were closed, and closed later unless somebody came back.',
        ]
      : []),
    ...(detailSince !== null && detailSince > since
      ? [`What was decided before ${toIso(detailSince).slice(0, 10)} was pruned and is left out.`]
      : []),
  ];
}
