import { stringify } from 'csv-stringify/sync';
import { OUTCOMES } from '../../domain/outcome.ts';
import type { Report } from '../report.ts';
import { daysThatRan } from './ran.ts';

export type CsvValue = string | number | null;

/**
 * RFC 4180 (header, commas, CRLF). Text that a spreadsheet would run as a formula gets a leading apostrophe;
 * numbers stay numbers; null is an empty cell.
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [columns, ...rows].map((cells) => cells.map(inert));
  // csv-stringify quotes for its own line end only, and many a reader takes a lone CR for one.
  return stringify(lines, { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}

/** How a formula begins, in full width too, and behind blanks and what nobody sees; OWASP adds tab and line ends. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

function inert(cell: CsvValue): CsvValue {
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : cell;
}

/** Tells a spreadsheet that the text is UTF-8. */
const BOM = '\ufeff';

/** One line for each key, one column for each outcome; by day also whether a full sweep ran. */
export function renderCsv(report: Report, { bom }: { readonly bom: boolean }): string {
  const ran = daysThatRan(report);
  const csv = toCsv(
    ['key', ...OUTCOMES, ...(ran === null ? [] : ['ran'])],
    report.rows.map((row) => [
      row.key,
      ...OUTCOMES.map((outcome) => row[outcome]),
      ...(ran === null ? [] : [String(ran.has(row.key))]),
    ]),
  );
  return bom ? `${BOM}${csv}` : csv;
}
