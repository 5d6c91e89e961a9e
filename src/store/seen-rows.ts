import { hash } from 'node:crypto';
import type { SeenRows } from '../intake/ports.ts';
import { openScratch } from './scratch.ts';

/** 128 bits of SHA-256: among a billion rows, two that differ share them with a chance of one in 10^21. */
const KEY_BYTES = 16;

/** Remembers the rows of one import in a scratch database, so that memory does not grow with the file. */
export function openSeenRows(): SeenRows {
  const scratch = openScratch();
  scratch.table('CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID');
  const insert = scratch.run('INSERT INTO seen (key, line) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const lineOf = scratch.get<{ readonly line: number }>('SELECT line FROM seen WHERE key = ?');
  return {
    earlierLine: (identity, line) => {
      const key = hash('sha256', identity, 'buffer').subarray(0, KEY_BYTES);
      return insert(key, line) === 1 ? null : (lineOf(key)?.line ?? null);
    },
    close: scratch.close,
  };
}
