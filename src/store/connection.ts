import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DatabaseError } from '../domain/errors.ts';
import { guarded } from './sql-errors.ts';

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

/**
 * How long a statement waits for another program's write, in ms. Waiting blocks the event loop, so it is short;
 * it is still far longer than any transaction of ours.
 */
const BUSY_TIMEOUT_MS = 5_000;

/** Opens an existing file. Throws DatabaseError. */
export function connect(path: string, options: { readonly readonly: boolean }): Db {
  const raw = guarded(
    path,
    () => new Database(path, { readonly: options.readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS }),
  );
  const identity = identityOf(path);
  return {
    path,
    prepare<P extends Params, Row>(sql: string): Statement<P, Row> {
      const statement = guarded(path, () => raw.prepare<P, Row>(sql));
      return {
        get: (params) => guarded(path, () => statement.get(params)),
        all: (params) => guarded(path, () => statement.all(params)),
        run: (params) =>
          guarded(path, () => {
            const { changes, lastInsertRowid } = statement.run(params);
            return { changes, id: Number(lastInsertRowid) };
          }),
      };
    },
    write: (fn) =>
      guarded(path, () => {
        demandSameFile(path, identity);
        return raw.transaction(fn).immediate();
      }),
    read: (fn) => guarded(path, () => raw.transaction(fn).deferred()),
    pragma: (name) => guarded(path, () => raw.pragma(name, { simple: true })),
    exec: (sql) => guarded(path, () => void raw.exec(sql)),
    close: () => guarded(path, () => void raw.close()),
  };
}

/**
 * What is written into a file that was removed or replaced is lost when it is closed. Checked before each write, so
 * that nothing is closed whose record would vanish.
 */
function demandSameFile(path: string, identity: string | null): void {
  if (identityOf(path) !== identity) {
    throw new DatabaseError(
      `The database ${path} was removed or replaced while it was in use; put it back, or restore a backup, and run again.`,
    );
  }
}

/** Null: there is none. */
function identityOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}
