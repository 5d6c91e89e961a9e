import { plainTable } from '../../report/formats/plain-table.ts';
import { visible } from '../../report/text.ts';
import type { Colors } from '../output.ts';

/** A table with a dim head; columns of numbers are aligned to the right. */
export function numberTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  colors: Colors,
): string {
  const hasNumbers = (column: number) => rows.some((row) => typeof row[column] === 'number');
  return plainTable(
    head.map((name) => colors.dim(name)),
    rows.map((row) => row.map((cell) => visible(String(cell)))),
    head.map((_, column) => (hasNumbers(column) ? 'right' : 'left')),
  );
}
