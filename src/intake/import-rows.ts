import { beginning } from '../domain/text.ts';
import type { Instant } from '../domain/time.ts';
import type { CsvRow } from './csv.ts';
import type { Effect, ImportCounts, IntakeStore, Reject, SeenRows } from './ports.ts';
import type { Problem } from './problem.ts';
import type { RejectedRow } from './reject-rows.ts';
import { type ClosesRow, MAX_LISTED } from './summary.ts';

const KEPT_RAW = 1_000;

/** A row that passed its checks. `identity`: two rows of one file with the same are duplicates. */
export interface Checked<T> {
  readonly value: T;
  readonly identity: string;
}

export interface Importing<T> {
  readonly importId: number;
  readonly store: IntakeStore;
  readonly seen: SeenRows;
  /** The checks of one row, alone. */
  check(cells: readonly string[], line: number): Checked<T> | Problem;
  /** One transaction. */
  put(values: readonly T[], now: Instant): Effect[];
  /** Told of the rows that did not go in, after each batch that has some. */
  onRejects(rejects: readonly RejectedRow[]): void;
}

/** Where an import stands. */
export interface Tally {
  readonly counts: ImportCounts;
  readonly rejects: Reject[];
  /** The last one that was taken; 0 before the first. */
  line: number;
}

type Judged<T> = { readonly row: CsvRow; readonly line: number; readonly verdict: { value: T } | Problem };

/** Takes the rows of one import batch by batch: good ones go in, the others are kept as rejects. */
export class RowImport<T> {
  readonly #importing: Importing<T>;
  readonly tally: Tally = {
    counts: { rows: 0, accepted: 0, changed: 0, unchanged: 0, rejected: 0 },
    rejects: [],
    line: 0,
  };

  constructor(importing: Importing<T>) {
    this.#importing = importing;
  }

  /** What became of each row, in order. */
  take(rows: readonly CsvRow[], now: Instant): Pick<ClosesRow, 'line' | 'raw' | 'status' | 'code'>[] {
    const judged = rows.map((row) => this.#judge(row));
    const good = judged.flatMap(({ verdict }) => ('value' in verdict ? [verdict.value] : []));
    const effects = good.length > 0 ? this.#importing.put(good, now) : [];
    this.#keep(
      judged.flatMap(({ verdict, ...place }) => ('code' in verdict ? [{ ...place, ...verdict }] : [])),
    );
    this.#count(rows, effects);
    let next = 0;
    return judged.map(({ line, row, verdict }) => {
      const place = { line, raw: beginning(row.text, KEPT_RAW) };
      if ('code' in verdict) return { ...place, status: 'rejected', code: verdict.code };
      return { ...place, status: effects[next++] === 'unchanged' ? 'unchanged' : 'accepted', code: null };
    });
  }

  #judge(row: CsvRow): Judged<T> {
    const { line } = row;
    if (row.problem !== null) return { row, line, verdict: row.problem };
    const checked = this.#importing.check(row.cells, line);
    if ('code' in checked) return { row, line, verdict: checked };
    const earlier = this.#importing.seen.earlierLine(checked.identity, line);
    if (earlier === null) return { row, line, verdict: { value: checked.value } };
    const message = `The row repeats line ${earlier}; nothing is lost.`;
    return { row, line, verdict: { code: 'duplicate', message } };
  }

  #keep(bad: readonly RejectedRow[]): void {
    if (bad.length === 0) return;
    const { importId, store, onRejects } = this.#importing;
    const { rejects, counts } = this.tally;
    const kept = bad.map(({ row, line, code, message }) => ({
      line,
      code,
      message,
      raw: beginning(row.text, KEPT_RAW),
    }));
    store.putRejects(importId, kept);
    onRejects(bad);
    counts.rejected += bad.length;
    for (const reject of kept.slice(0, MAX_LISTED - rejects.length)) {
      rejects.push({ ...reject, raw: ownText(reject.raw) });
    }
  }

  #count(rows: readonly CsvRow[], effects: readonly Effect[]): void {
    const { counts } = this.tally;
    counts.rows += rows.length;
    countEffects(counts, effects);
    this.tally.line = rows.at(-1)?.lastLine ?? this.tally.line;
  }
}

/** Adds up what became of the rows that went in. */
export function countEffects(counts: ImportCounts, effects: readonly Effect[]): void {
  for (const effect of effects) {
    counts[effect === 'unchanged' ? 'unchanged' : 'accepted']++;
    if (effect === 'changed') counts.changed++;
  }
}

/** A part of a text keeps the whole of it in memory (V8): of a row, all that was read of the file along with it. */
function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
