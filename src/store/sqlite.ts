import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/**
 * SQLite. From Node.js 24.19 on, better-sqlite3 12 ends the process with an assertion of Node's own when a statement is
 * collected while no JavaScript runs, often in the last moment of a run, and the exit code is lost. Its release 13 does not,
 * and does not run on Node.js 20. So npm installs that beside it where Node.js is 22 or newer, and there it is taken.
 */
const Database: typeof BetterSqlite3 = load(createRequire(import.meta.url));

/** The types of the same name, as the package has them. */
declare namespace Database {
  type Database = BetterSqlite3.Database;
  type Statement<P extends unknown[] | object = unknown[], R = unknown> = BetterSqlite3.Statement<P, R>;
  type SqliteError = BetterSqlite3.SqliteError;
}

export default Database;

function load(packageOf: NodeJS.Require): typeof BetterSqlite3 {
  try {
    return packageOf('better-sqlite3-node22');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return packageOf('better-sqlite3');
  }
}
