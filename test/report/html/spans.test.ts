import { expect, it } from 'vitest';
import { bySpan, rulerFor } from '../../../src/report/formats/html/spans.ts';

const START = Date.parse('2024-12-25');
const daysFrom = (count: number) =>
  Array.from({ length: count }, (_, at) => new Date(START + at * 86_400_000).toISOString().slice(0, 10));

it.each([
  [1, 'day', 1, '25 Dec 2024', '25 Dec 2024'],
  [93, 'day', 93, '25 Dec 2024', '27 Mar 2025'],
  [94, 'week', 14, 'week of 23 Dec 2024', 'week of 24 Mar 2025'],
  [600, 'week', 86, 'week of 23 Dec 2024', 'week of 10 Aug 2026'],
  [700, 'month', 24, 'Dec 2024', 'Nov 2026'],
  [4_000, 'year', 12, '2024', '2035'],
])('%i days are told apart by the %s', (count, unit, spans, first, last) => {
  const days = daysFrom(count);
  const ruler = rulerFor(days);
  const groups = bySpan(
    days.map((day) => ({ day })),
    ruler,
  );
  expect(ruler.unit).toBe(unit);
  expect(groups).toHaveLength(spans);
  expect(groups.at(0)?.span.name).toBe(first);
  expect(groups.at(-1)?.span.name).toBe(last);
  expect(groups.flatMap(({ items }) => items.map(({ day }) => day))).toEqual(days);
});
