import { createHash } from 'node:crypto';
import { checked } from './cells.ts';
import { checkMapping, MAPPING_COLUMNS } from './check-mapping.ts';
import { concludeImport } from './conclude-import.ts';
import { type CsvRow, openCsv } from './csv.ts';
import { detectDelimiter } from './delimiter.ts';
import { fitOfHeader, readHeader } from './header.ts';
import { RowImport } from './import-rows.ts';
import { beginRows, expectedOf, type ImportOptions } from './options.ts';
import type { MappingRow } from './ports.ts';
import { firstOf, readable, recordedName, type Source, takeAll } from './source.ts';
import type { ImportSummary } from './summary.ts';

/**
 * Imports a mapping CSV, streaming, 1,000 rows a transaction, in memory that does not grow with the file. Bad rows are
 * counted, listed and kept as rejects. The same file again is read again and changes nothing.
 * @throws UsageError when the file is unusable as a whole; nothing was written then
 */
export async function importMapping(options: ImportOptions): Promise<ImportSummary> {
  const { store, seen, clock, delimiter: asked, stop } = options;
  const file = recordedName(options.file);
  const expected = expectedOf(options, MAPPING_COLUMNS, file);
  const hash = createHash('sha256');
  let bytes = 0;
  const source = passing(readable(options.source, file, stop), (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const { batches, delimiter } = await openCsv(
    source,
    asked === 'auto' ? (firsts) => detectDelimiter(firsts, (row) => fitOfHeader(row, expected), file) : asked,
  );
  try {
    const { first, rest } = await firstOf(batches, file);
    const header = readHeader(first, delimiter, expected);
    const onRejects = beginRows(options, header, expected);
    const id = store.beginImport('mapping', file, clock.now());
    const rows = new RowImport<MappingRow>({
      importId: id,
      store,
      seen,
      check: (cells) => checked(header, cells, (row) => checkMapping(row, clock.now())),
      put: (values, now) => store.putMappings(values, options.recordedAs ?? `csv:${file}`, now),
      onRejects,
    });
    const take = (batch: readonly CsvRow[]) => {
      rows.take(batch, clock.now());
      options.onProgress?.({ ...rows.tally.counts, bytes });
    };
    const complete = await takeAll(rest, batches, take, stop);
    return concludeImport(options, {
      id,
      kind: 'mapping',
      file,
      sha256: complete ? hash.digest('hex') : null,
      tally: rows.tally,
    });
  } finally {
    await batches.return(undefined);
  }
}

async function* passing(source: Source, look: (chunk: Uint8Array) => void): Source {
  for await (const chunk of source) {
    look(chunk);
    yield chunk;
  }
}
