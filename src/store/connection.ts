import { DatabaseError } from '../domain/errors.ts';
import { besideDatabase, identityOf } from './files.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { guarded } from './sql-errors.ts';
import Database from './sqlite.ts';

/** The values of a statement's `@names`. */
type Params = Readonly<Record<string, string | number | null>>;

/** A prepared statement with named parameters that returns rows of `Row`. */
interface Statement<P extends Params, Row> {
  get(params: P): Row | undefined;
  all(params: P): Row[];
  run(params: P): { readonly changes: number; readonly id: number };
}

/**
 * One connection. All that SQLite throws comes out of it as DatabaseError; this is the only place that
 * sees better-sqlite3's own errors, but for the lease.
 */
export interface Db {
  readonly path: string;
  prepare<P extends Params, Row = never>(sql: string): Statement<P, Row>;
  /** Runs `fn` in an immediate transaction: all of it is written, or nothing. Never across an await. */
  write<T>(fn: () => T): T;
  /** Runs `fn` in a transaction of its own that only reads: everything in it sees the same moment. */
  read<T>(fn: () => T): T;
  /** The value of a pragma. */
  pragma(name: string): unknown;
  /** Runs statements that return nothing. */
  exec(sql: string): void;
  close(): void;
}

export interface ConnectOptions {
  readonly readonly: boolean;
  /** How long to wait for another program's lock, in ms. */
  readonly patienceMs?: number;
}

/** Opens an existing file. Throws DatabaseError. */
export function connect(path: string, options: ConnectOptions): Db {
  const patiently = createPatience(options.patienceMs ?? PATIENCE_MS);
  const attempt = <T>(fn: () => T): T => guarded(path, () => patiently(fn));
  const raw = attempt(
    () => new Database(path, { readonly: options.readonly, fileMustExist: true, timeout: 0 }),
  );
  const demandSameDatabase = sameDatabase(path);
  const demandSameFiles = sameFiles(path, demandSameDatabase);
  return {
    path,
    prepare<P extends Params, Row>(sql: string): Statement<P, Row> {
      const statement = attempt(() => raw.prepare<P, Row>(sql));
      return {
        get: (params) => attempt(() => statement.get(params)),
        all: (params) => attempt(() => statement.all(params)),
        run: (params) =>
          attempt(() => {
            const { changes, lastInsertRowid } = statement.run(params);
            return { changes, id: Number(lastInsertRowid) };
          }),
      };
    },
    write: (fn) =>
      attempt(() =>
        raw
          .transaction(() => {
            demandSameFiles();
            return fn();
          })
          .immediate(),
      ),
    read: (fn) =>
      attempt(() => {
        demandSameDatabase();
        return raw.transaction(fn).deferred();
      }),
    pragma: (name) => attempt(() => raw.pragma(name, { simple: true })),
    exec: (sql) => attempt(() => void raw.exec(sql)),
    close: () => guarded(path, () => void raw.close()),
  };
}

/** What is read from a file that was removed or replaced is no longer what the others see. */
function sameDatabase(path: string): () => void {
  const database = identityOf(path);
  return () => {
    if (database !== null && identityOf(path) === database) return;
    throw new DatabaseError(
      `The database ${path} was removed or replaced while it was in use; put it back, or restore a backup, and run again.`,
    );
  };
}

/**
 * What is written into a file that was removed or replaced is lost when it is closed; the same goes for the
 * write-ahead log, and without their common index two programs do not see each other's locks. Checked in each write,
 * so that nothing is closed whose record would vanish.
 */
function sameFiles(path: string, demandSameDatabase: () => void): () => void {
  // SQLite keeps both open from its first transaction on.
  const companions = [besideDatabase(path, 'wal'), besideDatabase(path, 'shm')];
  let known: (string | null)[] | null = null;
  return () => {
    demandSameDatabase();
    known ??= companions.map(identityOf);
    for (const [i, file] of companions.entries()) {
      const identity = identityOf(file);
      if (identity !== null && identity === known[i]) continue;
      throw new DatabaseError(
        `The file ${file} was removed or replaced while the database was in use; find out by whom, then run again.`,
      );
    }
  };
}
