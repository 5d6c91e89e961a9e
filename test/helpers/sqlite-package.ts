import { createRequire } from 'node:module';

/** The package that scripts of ours take for SQLite in processes of their own: the one that this Node.js ends well with. */
export const SQLITE_PACKAGE = isThere('better-sqlite3-node22') ? 'better-sqlite3-node22' : 'better-sqlite3';

function isThere(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
