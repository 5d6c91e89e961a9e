import { stringify } from 'csv-stringify/sync';
import { OUTCOMES } from '../../domain/outcome.ts';
import type { Report } from '../figures.ts';

export type CsvValue = string | number | null;

/**
 * RFC 4180 (header, commas, CRLF). Text that a spreadsheet would run as a formula gets a leading apostrophe;
 * numbers stay numbers; null is an empty cell.
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  return stringify([columns, ...rows], { record_delimiter: 'windows', escape_formulas: true });
}

/** One line for each key, one column for each outcome. */
export function renderCsv(report: Report): string {
  return toCsv(
    ['key', ...OUTCOMES],
    report.rows.map((row) => [row.key, ...OUTCOMES.map((outcome) => row[outcome])]),
  );
}
