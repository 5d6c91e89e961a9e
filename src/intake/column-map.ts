import leven from 'leven';
import { UsageError } from '../domain/errors.ts';
import { quote } from './problem.ts';

/** Which columns a kind of file has. */
export interface Columns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Column of ours → the header that stands for it in somebody else's export, as it was given. */
export type ColumnMap = ReadonlyMap<string, string>;

/** Names of columns count without regard to case and surrounding blanks. */
export function plainName(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * Reads the values of `--map`: `conversation_id=ConvID`, several in one value separated by commas. A comma that no
 * `name=` follows belongs to the header before it.
 * @throws UsageError that names the part, and the nearest known column
 */
export function parseColumnMap(values: readonly string[], columns: Columns): ColumnMap {
  const known = [...columns.required, ...columns.optional];
  const map = new Map<string, string>();
  for (const part of values.flatMap((value) => value.split(/,(?=\s*\w+\s*=)/))) {
    const [, target = '', header = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const column = plainName(target);
    if (column === '' || header.trim() === '') {
      throw new UsageError(
        `--map cannot be ${quote(part)}; give one of ${known.join(', ')} and its header, such as ${known[0]}=Header.`,
      );
    }
    if (!known.includes(column)) throw unknownColumn(column, known);
    const given = map.get(column);
    if (given !== undefined) {
      throw new UsageError(
        `--map gives ${column} two headers, ${quote(given)} and ${quote(header.trim())}; give it one.`,
      );
    }
    map.set(column, header.trim());
  }
  return map;
}

function unknownColumn(column: string, known: readonly string[]): UsageError {
  const meant = nearestColumn(column, known);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  return new UsageError(`--map knows no column ${quote(column)}${hint}; there are ${known.join(', ')}.`);
}

/** The column that was probably meant by the name; null: no idea. */
function nearestColumn(name: string, columns: readonly string[]): string | null {
  return likelyHeaders(columns, [name]).keys().next().value ?? null;
}

/**
 * Which headers of somebody else's export probably stand for these columns, each for one at most. Only for suggestions:
 * the same words, a part of them, or nearly the same.
 */
export function likelyHeaders(columns: readonly string[], headers: readonly string[]): ColumnMap {
  const pairs = columns.flatMap((column) =>
    headers.flatMap((header) => {
      const distance = distanceBetween(header, column);
      return distance === null ? [] : [{ column, header, distance }];
    }),
  );
  const likely = new Map<string, string>();
  const taken = new Set<string>();
  for (const { column, header } of pairs.sort((a, b) => a.distance - b.distance)) {
    if (likely.has(column) || taken.has(header)) continue;
    likely.set(column, header);
    taken.add(header);
  }
  return likely;
}

/** Comparing takes time in proportion to the length. */
const LONGEST_NAME = 100;
/** Of each word of a column's name, what must be found in a header that is no nearer otherwise. */
const WORD_LETTERS = 4;

function distanceBetween(header: string, column: string): number | null {
  if (header.length > LONGEST_NAME) return null;
  const letters = lettersOf(column);
  const given = lettersOf(header);
  const distance = leven(given, letters);
  if (distance <= Math.floor(letters.length / 4)) return distance;
  const words = column.split('_').map((word) => word.slice(0, WORD_LETTERS));
  const shared = words.filter((word) => word.length === WORD_LETTERS && given.includes(word)).length;
  return shared === 0 ? null : LONGEST_NAME * (words.length - shared) + distance;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
