import type { Mapping } from '../domain/mapping.ts';
import type { Effect, IntakeStore, MappingRow, NewCloseRequest } from '../intake/ports.ts';
import type { Db } from './connection.ts';
import { finishedImports, PENDING_BY_ID, type PendingColumns, replaces } from './intake.ts';
import { takeIn } from './merge-mapping.ts';
import { flag, MAPPING_BY_ID, type MappingColumns, toMapping } from './rows.ts';
import { openScratch } from './scratch.ts';

type ById = { readonly id: string };
type Pending = Pick<PendingColumns, 'origin' | 'force'>;

/** An intake that writes nothing, and what it keeps in a scratch database instead. */
export interface DryIntake {
  readonly intake: IntakeStore;
  close(): void;
}

/**
 * Answers what {@link IntakeStore} would, row by row, and writes nothing: what earlier rows of the file would have
 * changed is kept in a scratch database, and looked at before the record.
 *
 * @param db opened for reading; null: there is none yet
 */
export function openDryIntake(db: Db | null): DryIntake {
  const scratch = openScratch();
  scratch.table('CREATE TABLE changed (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID');
  const changed = scratch.get<{ readonly row: string }>('SELECT row FROM changed WHERE id = ?');
  const change = scratch.run('INSERT OR REPLACE INTO changed (id, row) VALUES (?, ?)');
  const overlay = <T>(id: string): T | null => {
    const found = changed(id);
    return found === undefined ? null : JSON.parse(found.row);
  };
  const mappingOf = db?.prepare<ById, MappingColumns>(MAPPING_BY_ID);
  const pendingOf = db?.prepare<ById, PendingColumns>(PENDING_BY_ID);

  function putOne(row: MappingRow, now: number): Effect {
    const id = row.conversationId;
    const stored = mappingOf?.get({ id });
    const known = overlay<Mapping>(id) ?? (stored === undefined ? null : toMapping(stored));
    const { mapping, effect } = takeIn(known, row, now);
    if (effect !== 'unchanged') change(id, JSON.stringify(mapping));
    return effect;
  }

  function requestOne(row: NewCloseRequest): Effect {
    const id = row.conversationId;
    const pending = overlay<Pending>(id) ?? pendingOf?.get({ id });
    if (pending !== undefined && !replaces(row, pending)) return 'unchanged';
    change(id, JSON.stringify({ origin: row.origin, force: flag(row.force) } satisfies Pending));
    return 'accepted';
  }

  return {
    intake: {
      beginImport: () => 0,
      finishedImport: db === null ? () => null : finishedImports(db),
      finishImport: () => {},
      putMappings: (rows, _source, now) => rows.map((row) => putOne(row, now)),
      requestCloses: (rows) => rows.map((row) => ({ effect: requestOne(row), requestId: 0 })),
      putRejects: () => {},
    },
    close: scratch.close,
  };
}
