import { createHash } from 'node:crypto';
import { beginning } from '../domain/text.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import { Cells, caught } from './cells.ts';
import { checkMapping } from './check-mapping.ts';
import { countEffects, type Tally } from './import-rows.ts';
import type { ForeignPage, IntakeStore, Reject } from './ports.ts';
import { cellsOf, changeOf, keyOf, rawOf, SOURCE_HEADER } from './source-cells.ts';
import { MAX_LISTED } from './summary.ts';

const KEPT_RAW = 1_000;

/**
 * Takes the rows of one sync batch by batch. Other than in a file a row may come twice: a query may yield it twice, and
 * what was read before the cursor is read again. Rejects are counted, and kept up to {@link MAX_LISTED}: a source that
 * is read every night would fill the record with the same ones.
 */
export class SourceRows {
  readonly #importId: number;
  readonly #store: IntakeStore;
  readonly #source: string;
  readonly #clock: Clock;
  readonly #hash = createHash('sha256');
  readonly tally: Omit<Tally, 'line'> = {
    counts: { rows: 0, accepted: 0, changed: 0, unchanged: 0, rejected: 0 },
    rejects: [],
  };
  /** The newest change that was seen; null: none. */
  newest: Instant | null = null;
  /** Rows of which it cannot be understood when they changed. */
  unknownChanges = 0;

  constructor(parts: { importId: number; store: IntakeStore; source: string; clock: Clock }) {
    this.#importId = parts.importId;
    this.#store = parts.store;
    this.#source = parts.source;
    this.#clock = parts.clock;
  }

  take({ rows, unread }: ForeignPage): void {
    const { counts, rejects } = this.tally;
    const now = this.#clock.now();
    const good = [];
    const bad: Reject[] = [];
    for (const [at, row] of rows.entries()) {
      const line = counts.rows + at + 1;
      const raw = rawOf(row);
      this.#hash.update(raw).update('\n');
      this.#noteChange(changeOf(row));
      const verdict = caught(() => checkMapping(new Cells(SOURCE_HEADER, cellsOf(row)), now));
      if ('value' in verdict) good.push(verdict.value);
      else bad.push({ line, ...verdict, raw: beginning(raw, KEPT_RAW), key: keyOf(row, line) });
    }
    const kept = bad.slice(0, MAX_LISTED - rejects.length);
    countEffects(counts, this.#store.putMappings(good, this.#source, now));
    if (kept.length > 0) this.#store.putRejects(this.#importId, kept);
    rejects.push(...kept);
    counts.rows += rows.length + unread;
    counts.rejected += bad.length + unread;
  }

  /** Of everything that was taken; can be asked for once. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  #noteChange(change: ReturnType<typeof changeOf>): void {
    if (change === 'unknown') this.unknownChanges++;
    else if (change !== 'none' && (this.newest === null || change > this.newest)) this.newest = change;
  }
}
