import Table from 'cli-table3';
import type { Colors } from '../output.ts';

type Cell = string | number;

/** Columns two blanks apart, without borders; numbers are aligned to the right. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  colors: Colors,
): string {
  const none = '';
  const table = new Table({
    head: head.map((name) => colors.dim(name)),
    colAligns: head.map((_, i) => (rows.some((row) => typeof row[i] === 'number') ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: '  ',
    },
  });
  for (const row of rows) table.push(row.map(String));
  return table.toString().replace(/ +$/gm, '');
}
