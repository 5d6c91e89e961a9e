import { summarise } from '../domain/summary.ts';
import type { Instant } from '../domain/time.ts';
import type { Db } from './connection.ts';
import { needs } from './needed.ts';
import { instant, text } from './rows.ts';
import { fromSummary, type SummaryColumns } from './summaries.ts';

/** Rows looked at in one transaction: some 20 ms, so that no other writer waits for long. */
const BATCH = 1_000;

/** What is old enough to go. */
export interface PruneScope {
  /** The first moment of a UTC day; what was decided before it is old. */
  readonly before: Instant;
  /** Mappings that ended since then are still watched. */
  readonly watchedSince: Instant;
}

/** A place in the order of time. */
type PruneKey = {
  readonly at: string;
  readonly id: number;
};

/** What one batch removes, or would remove. */
export interface PruneBatch {
  /** Of real runs: summarised first. */
  readonly outcomes: number;
  /** Of dry runs, which count in no report. */
  readonly dryOutcomes: number;
  /** Old, and still needed. */
  readonly needed: number;
  /** UTC days, `YYYY-MM-DD`. */
  readonly days: readonly string[];
  /** Where to go on; null: this was the last. */
  readonly next: PruneKey | null;
}

/** Removes what is old, bit by bit. Each call is one transaction; after a crash the next prune goes on. */
export interface Pruning {
  /** What {@link removeOutcomes} would do with the next batch. */
  lookAtOutcomes(scope: PruneScope, after: PruneKey | null): PruneBatch;
  /** Summarises and deletes the next batch of old outcomes that nothing needs any more. */
  removeOutcomes(scope: PruneScope, after: PruneKey | null): PruneBatch;
  /** How many rejected rows of old imports there are. */
  countRejects(scope: PruneScope): number;
  /** Deletes some of them; answers how many, 0 when there are none left. */
  removeRejects(scope: PruneScope): number;
  /** How many settled events there are from before then. */
  countEvents(scope: PruneScope): number;
  /** Deletes some of them; answers how many, 0 when there are none left. */
  removeEvents(scope: PruneScope): number;
  /** About how many bytes so many rows take, with their part of the indexes. */
  bytesOf(rows: Readonly<Record<'outcomes' | 'import_rejects' | 'events', number>>): number;
  /** Bytes within the file that hold nothing. */
  freeBytes(): number;
}

interface OldColumns extends Omit<SummaryColumns, 'slot_at' | 'n'> {
  readonly id: number;
  readonly conversation_id: string;
  readonly decided_at: string;
  readonly dry_run: 0 | 1;
  readonly held: 0 | 1;
  readonly live: 0 | 1;
}

type OldParams = { readonly before: string; readonly watchedSince: string } & PruneKey & {
    readonly size: number;
  };

/**
 * `held`: the run is still at it, or somebody waits for it. `live`: its mapping is one that a sweep may look at again.
 */
const OLD = `
  SELECT o.id, o.run_id, o.conversation_id, o.outcome, o.reason, o.queue_id, o.origin, o.requests, o.decided_at,
    r.dry_run,
    r.state = 'running'
      OR EXISTS (SELECT 1 FROM intents AS i WHERE i.conversation_id = o.conversation_id)
      OR EXISTS (
        SELECT 1 FROM close_requests AS q WHERE q.conversation_id = o.conversation_id AND q.settled_at IS NULL
      ) AS held,
    EXISTS (
      SELECT 1 FROM mappings AS m
      WHERE m.conversation_id = o.conversation_id
        AND (m.state = 'open' OR m.state_at >= @watchedSince OR m.last_activity_at > m.state_at)
    ) AS live
  FROM outcomes AS o CROSS JOIN runs AS r ON r.id = o.run_id
  WHERE (o.decided_at, o.id) > (@at, @id) AND o.decided_at < @before
  ORDER BY o.decided_at, o.id LIMIT @size`;

const OLD_REJECTS = `
  FROM import_rejects
  WHERE import_id IN (SELECT id FROM imports WHERE coalesce(finished_at, started_at) < @before)`;

/** Whoever sends one again so late asks for something that has expired. */
const OLD_EVENTS = 'FROM events WHERE settled_at < @before';

type ByScope = { readonly before: string };

/** The removal of what is old. */
export function pruning(db: Db): Pruning {
  const old = db.prepare<OldParams, OldColumns>(OLD);
  const isNeededBy = needs(db);
  const add = db.prepare<SummaryColumns>(`
    INSERT INTO outcome_summaries (slot_at, run_id, outcome, reason, queue_id, origin, n, requests)
    VALUES (@slot_at, @run_id, @outcome, @reason, @queue_id, @origin, @n, @requests)
    ON CONFLICT (slot_at, run_id, outcome, json_quote(reason), json_quote(queue_id), origin)
    DO UPDATE SET n = n + excluded.n, requests = requests + excluded.requests`);
  const remove = db.prepare<{ readonly id: number }>('DELETE FROM outcomes WHERE id = @id');
  const countRejects = db.prepare<ByScope, { readonly n: number }>(`SELECT count(*) AS n ${OLD_REJECTS}`);
  const removeRejects = db.prepare<ByScope & { readonly size: number }>(
    `DELETE FROM import_rejects WHERE id IN (SELECT id ${OLD_REJECTS} LIMIT @size)`,
  );
  const countEvents = db.prepare<ByScope, { readonly n: number }>(`SELECT count(*) AS n ${OLD_EVENTS}`);
  const removeEvents = db.prepare<ByScope & { readonly size: number }>(
    `DELETE FROM events WHERE id IN (SELECT id ${OLD_EVENTS} LIMIT @size)`,
  );

  /** The next old outcomes, and which of them nothing needs. */
  function look(
    scope: PruneScope,
    after: PruneKey | null,
  ): { removable: readonly OldColumns[]; batch: PruneBatch } {
    const rows = old.all({
      before: text(scope.before),
      watchedSince: text(scope.watchedSince),
      ...(after ?? { at: '', id: 0 }),
      size: BATCH,
    });
    const isNeeded = isNeededBy();
    const removable = rows.filter((row) => row.held === 0 && !isNeeded(row));
    const dryOutcomes = removable.filter(({ dry_run }) => dry_run === 1).length;
    const last = rows.at(-1);
    return {
      removable,
      batch: {
        outcomes: removable.length - dryOutcomes,
        dryOutcomes,
        needed: rows.length - removable.length,
        days: [...new Set(removable.map(({ decided_at }) => decided_at.slice(0, 10)))],
        next: last === undefined || rows.length < BATCH ? null : { at: last.decided_at, id: last.id },
      },
    };
  }

  return {
    lookAtOutcomes: (scope, after) => db.read(() => look(scope, after).batch),
    removeOutcomes: (scope, after) =>
      db.write(() => {
        const { removable, batch } = look(scope, after);
        const real = removable.filter(({ dry_run }) => dry_run === 0);
        for (const summary of summarise(real.map(toSummarisable))) add.run(fromSummary(summary));
        for (const { id } of removable) remove.run({ id });
        return batch;
      }),
    countRejects: ({ before }) => countRejects.get({ before: text(before) })?.n ?? 0,
    removeRejects: ({ before }) =>
      db.write(() => removeRejects.run({ before: text(before), size: BATCH }).changes),
    countEvents: ({ before }) => countEvents.get({ before: text(before) })?.n ?? 0,
    removeEvents: ({ before }) =>
      db.write(() => removeEvents.run({ before: text(before), size: BATCH }).changes),
    bytesOf: (rows) =>
      Object.entries(rows).reduce((sum, [table, n]) => sum + n * (n === 0 ? 0 : bytesOfRow(db, table)), 0),
    freeBytes: () => Number(db.pragma('freelist_count')) * Number(db.pragma('page_size')),
  };
}

/** The pages of a table and its indexes, by its rows. */
function bytesOfRow(db: Db, table: string): number {
  const row = db
    .prepare<{ readonly table: string }, { readonly bytes: number }>(`
      SELECT total(pgsize) / (SELECT count(*) FROM ${table}) AS bytes FROM dbstat
      WHERE aggregate = TRUE AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = @table)`)
    .get({ table });
  return Math.round(row?.bytes ?? 0);
}

function toSummarisable(row: OldColumns) {
  return {
    runId: row.run_id,
    outcome: row.outcome,
    reason: row.reason,
    origin: row.origin,
    queueId: row.queue_id,
    requests: row.requests,
    decidedAt: instant(row.decided_at),
  };
}
