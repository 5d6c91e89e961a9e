import type { DayFigures, Report } from '../../../report.ts';
import { expectsSweep } from '../../ran.ts';
import { type Bar, closedChart, PARTS } from '../charts/closed.ts';
import { draw } from '../draw.ts';
import type { Markup } from '../markup.ts';
import { bySpan, rulerFor, type Span } from '../spans.ts';
import { plural } from '../words.ts';
import { chartSection } from './chart-section.ts';
import { NARROW, WIDE } from './frames.ts';

interface Stretch extends Bar {
  readonly name: string;
  readonly days: number;
  readonly daysRun: number;
  readonly kept: number;
}

/** What became of the conversations that sweeps and people wanted closed, day by day. */
export async function closedSection(report: Report): Promise<Markup> {
  const { days } = report;
  const expected = expectsSweep(report);
  const ruler = rulerFor(days.map(({ day }) => day));
  const stretches = bySpan(days, ruler).map(({ span, items }) => stretchOf(span, items, expected));
  const nothing = stretches.every(
    ({ ran, kept, parts }) => (ran === 'never' || ran === 'unexpected') && kept + total(parts) === 0,
  );
  const title = `Closed per ${ruler.unit}`;
  const say = sayingOf(days.filter(({ day, ran }) => ran || expected(day)));
  const picture = async (looks: string, frame: typeof WIDE) =>
    draw(closedChart(stretches, frame), `${title}. ${say}`, looks);
  return chartSection({
    id: 'closed',
    title,
    say,
    legend: [
      ['closed', 'closed'],
      ['ended', 'had already ended'],
      ['gone', 'not found'],
      ['trouble', 'failed, unconfirmed or not attempted'],
      ['cross', ruler.unit === 'day' ? 'no full sweep' : 'a day without a full sweep'],
      ['ring', 'swept, nothing to close'],
    ],
    pictures: nothing ? null : [await picture('chart wide', WIDE), await picture('chart narrow', NARROW)],
    table: {
      caption: `${title}, with what else was decided`,
      head: [ruler.unit, 'closed', 'already ended', 'not found', 'not closed', 'kept', 'full sweep'],
      rows: stretches.map(({ name, parts, kept, days: all, daysRun, ran }) => [
        name,
        ...PARTS.map((part) => parts[part]),
        kept,
        ran === 'unexpected'
          ? '–'
          : ruler.unit === 'day'
            ? daysRun > 0
              ? 'yes'
              : 'no'
            : `${daysRun} of ${plural(all, 'day')}`,
      ]),
    },
  });
}

function stretchOf(
  { key, name, tick }: Span,
  all: readonly DayFigures[],
  expected: (day: string) => boolean,
): Stretch {
  const sum = (count: (day: DayFigures) => number) => all.reduce((n, day) => n + count(day), 0);
  const days = all.filter(({ day, ran }) => ran || expected(day));
  const daysRun = days.filter(({ ran }) => ran).length;
  return {
    key,
    name,
    tick,
    days: days.length,
    daysRun,
    ran:
      days.length === 0
        ? 'unexpected'
        : daysRun === 0
          ? 'never'
          : daysRun < days.length
            ? 'sometimes'
            : 'always',
    kept: sum((day) => day.kept),
    parts: {
      closed: sum((day) => day.closed),
      ended: sum((day) => day.already_closed),
      gone: sum((day) => day.not_found),
      trouble: sum(troubleOf),
    },
  };
}

function total(parts: Bar['parts']): number {
  return PARTS.reduce((sum, part) => sum + parts[part], 0);
}

function troubleOf(day: DayFigures): number {
  return day.failed + day.unconfirmed + day.expired + day.not_attempted;
}

function sayingOf(days: readonly DayFigures[]): string {
  const idle = days.filter(({ ran }) => !ran).length;
  const swept =
    days.length === 0
      ? 'No full sweep has run yet.'
      : idle === 0
        ? 'A full sweep ran on every day.'
        : `No full sweep ran on ${idle === days.length ? 'any day' : plural(idle, 'day')}.`;
  return `${swept} Conversations that were kept are not in the bars.`;
}
