import { createHash } from 'node:crypto';
import { beginning } from '../domain/text.ts';
import type { Instant } from '../domain/time.ts';
import type { CsvRow } from './csv.ts';
import type { Effect, ImportCounts, IntakeStore, Reject } from './ports.ts';
import type { Problem } from './problem.ts';
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
  /** The checks of one row, alone. */
  check(cells: readonly string[], line: number): Checked<T> | Problem;
  /** One transaction. */
  put(values: readonly T[], now: Instant): Effect[];
}

/** Where an import stands. */
export interface Tally {
  readonly counts: ImportCounts;
  readonly rejects: Reject[];
}

/** Takes the rows of one import batch by batch: good ones go in, the others are kept as rejects. */
export class RowImport<T> {
  readonly #importing: Importing<T>;
  readonly #seen = new Map<string, number>();
  readonly tally: Tally = { counts: { rows: 0, accepted: 0, unchanged: 0, rejected: 0 }, rejects: [] };

  constructor(importing: Importing<T>) {
    this.#importing = importing;
  }

  /** What became of each row, in order. */
  take(rows: readonly CsvRow[], now: Instant): Pick<ClosesRow, 'line' | 'raw' | 'status' | 'code'>[] {
    const { importId, store, put } = this.#importing;
    const { counts, rejects } = this.tally;
    const judged = rows.map((row) => this.#judge(row));
    const good = judged.flatMap(({ verdict }) => ('value' in verdict ? [verdict.value] : []));
    const bad = judged.flatMap(({ verdict, ...place }) =>
      'code' in verdict ? [{ ...place, ...verdict }] : [],
    );
    const effects = good.length > 0 ? put(good, now) : [];
    if (bad.length > 0) store.putRejects(importId, bad);
    counts.rows += rows.length;
    counts.rejected += bad.length;
    for (const effect of effects) counts[effect]++;
    rejects.push(...bad.slice(0, MAX_LISTED - rejects.length));
    let next = 0;
    return judged.map(({ line, raw, verdict }) =>
      'code' in verdict
        ? { line, raw, status: 'rejected', code: verdict.code }
        : { line, raw, status: effects[next++] ?? 'unchanged', code: null },
    );
  }

  #judge(row: CsvRow): { line: number; raw: string; verdict: { value: T } | Problem } {
    const place = { line: row.line, raw: beginning(row.text, KEPT_RAW) };
    if (row.problem !== null) return { ...place, verdict: row.problem };
    const checked = this.#importing.check(row.cells, row.line);
    if ('code' in checked) return { ...place, verdict: checked };
    const earlier = this.#seen.get(shortHash(checked.identity));
    if (earlier !== undefined) {
      const message = `The row repeats line ${earlier}; nothing is lost.`;
      return { ...place, verdict: { code: 'duplicate', message } };
    }
    this.#seen.set(shortHash(checked.identity), row.line);
    return { ...place, verdict: { value: checked.value } };
  }
}

/** 96 bits: a million rows collide with a chance of one in 10^17. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 16);
}
