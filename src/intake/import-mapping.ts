import { createHash, type Hash } from 'node:crypto';
import type { Clock, Log } from '../sweep/ports.ts';
import { checked } from './cells.ts';
import { checkMapping, MAPPING_COLUMNS } from './check-mapping.ts';
import { concludeImport } from './conclude-import.ts';
import { type CsvRow, csvRows } from './csv.ts';
import { noteIgnored, readHeader } from './header.ts';
import { RowImport } from './import-rows.ts';
import type { IntakeStore, MappingRow } from './ports.ts';
import { firstOf, type ImportProgress, readable, recordedName, type Source } from './source.ts';
import type { ImportSummary } from './summary.ts';

export interface ImportMapping {
  readonly source: Source;
  /** Path or `-`; only the base name is recorded. */
  readonly file: string;
  /** What the rows' `source` is recorded as; `csv:FILE` when left out. */
  readonly recordedAs?: string;
  readonly store: IntakeStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Imports a mapping CSV, streaming, 1,000 rows a transaction. Bad rows are counted, listed and kept as rejects.
 * The same file again is read again and changes nothing.
 * @throws UsageError when the file is unusable as a whole; nothing was written then
 */
export async function importMapping(options: ImportMapping): Promise<ImportSummary> {
  const { store, clock, log } = options;
  const file = recordedName(options.file);
  const hash = createHash('sha256');
  const batches = csvRows(hashed(readable(options.source, file), hash));
  try {
    const { first, rest } = await firstOf(batches, file);
    const header = readHeader(first, MAPPING_COLUMNS, file);
    noteIgnored(header, file, log);
    const id = store.beginImport('mapping', file, clock.now());
    const rows = new RowImport<MappingRow>({
      importId: id,
      store,
      check: (cells) => checked(() => checkMapping(cells, header, clock.now())),
      put: (values, now) => store.putMappings(values, options.recordedAs ?? `csv:${file}`, now),
    });
    const take = (batch: readonly CsvRow[]) => {
      rows.take(batch, clock.now());
      options.onProgress?.(rows.tally.counts);
    };
    take(rest);
    for await (const batch of batches) take(batch);
    return concludeImport(options, {
      id,
      kind: 'mapping',
      file,
      sha256: hash.digest('hex'),
      tally: rows.tally,
    });
  } finally {
    await batches.return(undefined);
  }
}

async function* hashed(source: Source, hash: Hash): Source {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
