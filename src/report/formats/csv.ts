import { stringify } from 'csv-stringify/sync';
import { OUTCOMES } from '../../domain/outcome.ts';
import { isFormula } from '../../domain/text.ts';
import type { Report } from '../report.ts';
import { daysThatRan } from './ran.ts';

export type CsvValue = string | number | null;

/**
 * RFC 4180 (header, commas, CRLF). Text that a spreadsheet would run as a formula gets a leading apostrophe;
 * numbers stay numbers; null is an empty cell.
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  return csvLines([columns, ...rows]);
}

/** The same without a header; any number of such parts makes one file. Rows need not be of the same length. */
export function csvLines(rows: readonly (readonly CsvValue[])[]): string {
  const lines = rows.map((cells) => cells.map(inert));
  // csv-stringify quotes for its own line end only, and many a reader takes a lone CR for one.
  return stringify(lines, { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}

function inert(cell: CsvValue): CsvValue {
  return typeof cell === 'string' && isFormula(cell) ? `'${cell}` : cell;
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
