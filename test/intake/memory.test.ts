import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { importMapping } from '../../src/intake/import-mapping.ts';
import type { IntakeStore } from '../../src/intake/ports.ts';
import { openSeenRows } from '../../src/store/seen-rows.ts';
import { HEADER, idOf, NOW, PLAIN } from './harness.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const CHUNKS = 90;
const ROWS_OF_CHUNK = 700;
const ROWS = CHUNKS * ROWS_OF_CHUNK;
const WARM = ROWS / 3;
/** A map that remembers a hash for each row would hold some 5 MB for the rest of them, rejects that keep what they were cut from as much. */
const MOST_GROWTH = 1_000_000;

/** As a file is read: in chunks of some 64 KB, each with one reject. */
async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${HEADER}\n`);
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const rows = Array.from({ length: ROWS_OF_CHUNK }, (_, i) => {
      const n = chunk * ROWS_OF_CHUNK + i;
      return `s-${n},${i === 0 ? `not an id but ${n}` : idOf(n)},2026-11-01T08:00:00Z,,user-${n}\n`;
    });
    yield Buffer.from(rows.join(''));
  }
}

it('what an import holds does not grow with its rows, nor with those that it rejects', async () => {
  const store: IntakeStore = {
    beginImport: () => 1,
    finishedImport: () => null,
    finishImport: () => {},
    putMappings: (rows) => rows.map(() => 'accepted'),
    requestCloses: () => [],
    putRejects: () => {},
  };
  const seen = openSeenRows();
  const silent = () => {};
  const held: number[] = [];
  let measureAt = WARM;
  const { counts } = await importMapping({
    ...PLAIN,
    source: content(),
    file: 'list.csv',
    store,
    seen,
    clock: { now: () => NOW, sleep: async () => {} },
    log: { debug: silent, info: silent, warn: silent },
    onRejects: silent,
    onProgress: ({ rows }) => {
      if (rows < measureAt) return;
      measureAt += WARM;
      collectGarbage();
      held.push(process.memoryUsage().heapUsed);
    },
  });
  seen.close();
  expect(counts).toEqual({ rows: ROWS, accepted: ROWS - CHUNKS, changed: 0, unchanged: 0, rejected: CHUNKS });
  expect(held.length).toBeGreaterThanOrEqual(2);
  expect((held.at(-1) ?? 0) - (held[0] ?? 0)).toBeLessThan(MOST_GROWTH);
});
