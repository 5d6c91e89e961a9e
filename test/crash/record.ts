import { existsSync } from 'node:fs';
import Database from '../../src/store/sqlite.ts';

export interface OutcomeRow {
  readonly id: number;
  readonly run_id: number;
  readonly conversation_id: string;
  readonly outcome: string;
  readonly origin: string;
  readonly decided_at: string;
}

export interface RequestRow {
  readonly id: number;
  readonly conversation_id: string;
  readonly origin: string;
  readonly requested_at: string;
  readonly settled_at: string | null;
  readonly outcome: string | null;
}

/** All that is on record, as another program sees it after a crash. */
export interface Recorded {
  /** What SQLite finds wrong with the file; none when it is whole. */
  readonly damage: readonly string[];
  readonly mappings: readonly {
    readonly conversation_id: string;
    readonly state: 'open' | 'closed' | 'gone';
  }[];
  /** Of real runs, oldest first. */
  readonly outcomes: readonly OutcomeRow[];
  readonly intents: readonly { readonly conversation_id: string }[];
  readonly requests: readonly RequestRow[];
  readonly runs: readonly { readonly id: number; readonly state: string }[];
}

const NOTHING: Recorded = { damage: [], mappings: [], outcomes: [], intents: [], requests: [], runs: [] };

/** Reads without writing, so that the next run finds what the dead one left: its write-ahead log too. */
export function readRecord(path: string): Recorded {
  if (!existsSync(path)) return NOTHING;
  const db = new Database(path, { readonly: true });
  try {
    // Whoever was to create it died too early. With the version everything else must be there too.
    if (db.pragma('user_version', { simple: true }) === 0) return { ...NOTHING, damage: tablesOf(db) };
    const all = <T>(sql: string) => db.prepare(sql).all() as T[];
    return db.transaction(() => ({
      damage: [
        ...all<{ integrity_check: string }>('PRAGMA integrity_check')
          .map((row) => row.integrity_check)
          .filter((problem) => problem !== 'ok'),
        ...all<object>('PRAGMA foreign_key_check').map((row) => `foreign key: ${JSON.stringify(row)}`),
      ],
      mappings: all<Recorded['mappings'][number]>('SELECT conversation_id, state FROM mappings'),
      outcomes: all<OutcomeRow>(`
        SELECT outcomes.* FROM outcomes JOIN runs ON runs.id = run_id WHERE dry_run = 0 ORDER BY outcomes.id`),
      intents: all<{ conversation_id: string }>('SELECT conversation_id FROM intents'),
      requests: all<RequestRow>('SELECT * FROM close_requests ORDER BY id'),
      runs: all<Recorded['runs'][number]>('SELECT id, state FROM runs ORDER BY id'),
    }))();
  } finally {
    db.close();
  }
}

function tablesOf(db: Database.Database): string[] {
  return (db.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[]).map(
    (name) => `${name} is there, and the schema is not`,
  );
}
