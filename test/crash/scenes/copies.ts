import { createHash } from 'node:crypto';
import Database from '../../../src/store/sqlite.ts';

/** What the tables of version `old` hold, whatever has been added to them since; the same for two whole copies. */
export function contentOf(file: string, tables: readonly Table[]): string {
  const db = new Database(file, { readonly: true });
  try {
    const hash = createHash('sha256');
    for (const { name, columns } of tables) {
      const list = columns.map((column) => `"${column}"`).join(', ');
      for (const row of db.prepare(`SELECT ${list} FROM ${name} ORDER BY ${list}`).raw().iterate()) {
        hash.update(JSON.stringify(row));
      }
    }
    return hash.digest('hex');
  } finally {
    db.close();
  }
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

export function tablesOf(file: string): Table[] {
  const db = new Database(file, { readonly: true });
  try {
    const names = db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    return names.map((name) => ({
      name,
      columns: db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[],
    }));
  } finally {
    db.close();
  }
}

/** What is wrong with a file that goes by the name of a backup. */
export function judgeCopy(file: string, tables: readonly Table[], content: string): string[] {
  const db = new Database(file, { readonly: true });
  const integrity = db.pragma('integrity_check', { simple: true });
  db.close();
  if (integrity !== 'ok') return [`the backup ${file} is damaged: ${integrity}`];
  const names = tablesOf(file).map(({ name }) => name);
  const missing = tables.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  if (missing.length > 0) return [`the backup ${file} has no ${missing.join(', ')}`];
  return contentOf(file, tables) === content ? [] : [`the backup ${file} is not what it is a copy of`];
}
