import type { Report } from '../report.ts';
import { guardedJson } from '../text.ts';
import { inOrder } from './json.ts';
import { daysThatRan } from './ran.ts';

/** One line for each row of the report, an object each; by day with `ran`. */
export function renderNdjson(report: Report): string {
  const ran = daysThatRan(report);
  return report.rows
    .map(({ key, ...counts }) => ({ key, ...inOrder(counts), ...(ran && { ran: ran.has(key) }) }))
    .map((row) => `${guardedJson(JSON.stringify(row))}\n`)
    .join('');
}
