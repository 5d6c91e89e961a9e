import { WIDTH, wrap } from '../../report/text.ts';

/** Text that begins in column `indent` of a line and stays right of it, within 80 columns. */
export function hang(text: string, indent: number): string {
  return wrap(text, 0, WIDTH - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

/** Two columns, the left one as wide as its longest text. */
export function columns(rows: readonly (readonly [left: string, right: string])[], indent: number): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => {
    const head = `${' '.repeat(indent)}${left.padEnd(width)}  `;
    return head + hang(right, head.length);
  });
}
