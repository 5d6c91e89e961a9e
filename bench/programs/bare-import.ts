// The shortest loop that does it: csv-parse into one prepared INSERT, a thousand rows a transaction. No checks.
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import Database from '../../src/store/sqlite.ts';

const [, , file = '', path = ''] = process.argv;
const db = new Database(path);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
const insert = db.prepare(
  "INSERT OR REPLACE INTO mappings (session_id, conversation_id, started_at, source) VALUES (?, ?, ?, 'csv')",
);
const insertAll = db.transaction((rows: string[][]) => {
  for (const row of rows) insert.run(row[0], row[1], row[2]);
});
let batch: string[][] = [];
for await (const row of createReadStream(file).pipe(parse({ from_line: 2 }))) {
  batch.push(row);
  if (batch.length === 1_000) {
    insertAll(batch);
    batch = [];
  }
}
insertAll(batch);
db.close();
