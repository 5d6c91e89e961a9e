import { guarded } from './sql-errors.ts';
import Database from './sqlite.ts';

/** What SQLite's sentences name when it is the scratch database that fails. */
const WHERE = 'in the folder for temporary files (TMPDIR)';
/** In KiB; beyond it SQLite writes to a file that has no name and goes with the process. */
const MEMORY_KIB = 16 * 1024;

export type Value = string | number | null | Uint8Array;

/**
 * What one import has to remember of its rows, out of memory: a database of its own, without a name, that is gone when
 * it is closed or its process dies. Nothing in it is worth a journal.
 */
export interface Scratch {
  /** One table. */
  table(sql: string): void;
  /** The number of changed rows. */
  run(sql: string): (...values: Value[]) => number;
  get<Row>(sql: string): (...values: Value[]) => Row | undefined;
  close(): void;
}

/** Throws DatabaseError, as all it returns. */
export function openScratch(): Scratch {
  const attempt = <T>(fn: () => T): T => guarded(WHERE, fn);
  const db = attempt(() => {
    const opened = new Database('');
    opened.pragma('journal_mode = OFF');
    opened.pragma('synchronous = OFF');
    opened.pragma(`cache_size = -${MEMORY_KIB}`);
    // Never committed: a transaction for each row would cost more than the row.
    opened.exec('BEGIN');
    return opened;
  });
  return {
    table: (sql) => attempt(() => void db.exec(sql)),
    run: (sql) => {
      const statement = attempt(() => db.prepare<Value[]>(sql));
      return (...values) => attempt(() => statement.run(...values).changes);
    },
    get: <Row>(sql: string) => {
      const statement = attempt(() => db.prepare<Value[], Row>(sql));
      return (...values: Value[]) => attempt(() => statement.get(...values));
    },
    close: () => attempt(() => void db.close()),
  };
}
