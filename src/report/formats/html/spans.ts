import { DAY } from '../../../domain/time.ts';
import { dayName, dayTick, monthName, monthTick } from './words.ts';

/** More bars than this cannot be told apart on a telephone. */
const MOST_SPANS = 93;

/** As many days as one bar stands for. */
export interface Span {
  /** Its first day or the beginning of it; sorts, and is unique. */
  readonly key: string;
  /** In full: `week of 16 Nov 2026` */
  readonly name: string;
  /** Under an axis. */
  readonly tick: string;
}

export type Unit = 'day' | 'week' | 'month' | 'year';

interface Ruler {
  readonly unit: Unit;
  /** The span that a day lies in. */
  spanOf(day: string): Span;
}

const RULERS: readonly Ruler[] = [
  { unit: 'day', spanOf: (day) => ({ key: day, name: dayName(day), tick: dayTick(day) }) },
  {
    unit: 'week',
    spanOf: (day) => {
      const key = mondayOf(day);
      return { key, name: `week of ${dayName(key)}`, tick: dayTick(key) };
    },
  },
  { unit: 'month', spanOf: (day) => ({ key: day.slice(0, 7), name: monthName(day), tick: monthTick(day) }) },
];
const YEARS: Ruler = {
  unit: 'year',
  spanOf: (day) => ({ key: day.slice(0, 4), name: day.slice(0, 4), tick: day.slice(0, 4) }),
};

/** The finest unit of which so many days are not too many: days, weeks from Monday on, months, years. */
export function rulerFor(days: readonly string[]): Ruler {
  const fits = ({ spanOf }: Ruler) => new Set(days.map((day) => spanOf(day).key)).size <= MOST_SPANS;
  return RULERS.find(fits) ?? YEARS;
}

/** What lies in the same span, together; in the order in which it came. */
export function bySpan<T extends { readonly day: string }>(
  items: readonly T[],
  { spanOf }: Ruler,
): { span: Span; items: T[] }[] {
  const groups = new Map<string, { span: Span; items: T[] }>();
  for (const item of items) {
    const span = spanOf(item.day);
    const group = groups.get(span.key);
    if (group === undefined) groups.set(span.key, { span, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()];
}

function mondayOf(day: string): string {
  const at = Date.parse(day);
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - sinceMonday * DAY).toISOString().slice(0, 10);
}
