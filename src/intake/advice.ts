import { likelyHeaders } from './column-map.ts';

/**
 * A command line to paste: as it was typed, and with `--map` for these columns, each with the header that probably
 * stands for it, or COLUMN where none does.
 */
export function withMap(command: string, columns: readonly string[], headers: readonly string[]): string {
  const likely = likelyHeaders(columns, headers);
  const parts = columns.map((column) => `${column}=${likely.get(column) ?? 'COLUMN'}`);
  return `${command} --map ${shellWord(parts.join(','))}`;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
