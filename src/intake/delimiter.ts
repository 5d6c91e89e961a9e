import { UsageError } from '../domain/errors.ts';
import type { CsvRow } from './csv.ts';

/** What stands between the values of a row. */
export type Delimiter = ',' | ';' | '\t' | '|';

/** In the order in which they are tried. */
export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** What each is called in a sentence, and how it is given on the command line. */
const NAMES: Readonly<Record<Delimiter, { readonly plural: string; readonly flag: string }>> = {
  ',': { plural: 'commas', flag: "','" },
  ';': { plural: 'semicolons', flag: "';'" },
  '\t': { plural: 'tabs', flag: 'tab' },
  '|': { plural: 'bars', flag: "'|'" },
};

/** `commas`, for a sentence. */
export function pluralOf(delimiter: Delimiter): string {
  return NAMES[delimiter].plural;
}

/** `--delimiter ';'`, for a shell. */
export function flagFor(delimiter: Delimiter): string {
  return `--delimiter ${NAMES[delimiter].flag}`;
}

/** How well a first record fits, split by one delimiter. */
export interface Fit {
  /** Everything that is needed is there. */
  readonly complete: boolean;
  /** How many of the columns are known. */
  readonly known: number;
}

/**
 * Finds out what separates the values, from the first record as each delimiter would have it. Commas come first: a file
 * that is complete with them is never taken for another kind. Only what is complete is imported at all; the rest is for
 * a good sentence about what is missing.
 * @throws UsageError when several fit equally well
 */
export function detectDelimiter(
  firsts: ReadonlyMap<Delimiter, CsvRow>,
  fitOf: (row: CsvRow) => Fit,
  file: string,
): Delimiter {
  const found = DELIMITERS.flatMap((delimiter) => {
    const row = firsts.get(delimiter);
    const cells = row?.cells?.length ?? 0;
    return row === undefined || cells === 0 ? [] : [{ delimiter, cells, ...fitOf(row) }];
  });
  const complete = found.filter((one) => one.complete);
  if (complete[0]?.delimiter === ',') return ',';
  if (complete.length > 0) return onlyOne(complete, file);
  const known = best(found, (one) => one.known);
  if (known.length > 0) return onlyOne(known, file);
  const split = best(found, (one) => one.cells - 1);
  return split.length > 0 ? onlyOne(split, file) : ',';
}

/** Those with the highest figure; none where that is 0. */
function best<T>(items: readonly T[], figure: (item: T) => number): T[] {
  const highest = Math.max(0, ...items.map(figure));
  return highest === 0 ? [] : items.filter((item) => figure(item) === highest);
}

function onlyOne(found: readonly { readonly delimiter: Delimiter }[], file: string): Delimiter {
  const [first, second] = found.map(({ delimiter }) => delimiter);
  if (first !== undefined && second === undefined) return first;
  const plurals = found.map(({ delimiter }) => pluralOf(delimiter));
  const flags = found.map(({ delimiter }) => flagFor(delimiter));
  throw new UsageError(
    `${file} could be separated by ${plurals.join(' or by ')}; say which with ${flags.join(' or ')}.`,
  );
}
