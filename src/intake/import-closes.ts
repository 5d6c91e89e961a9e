import { createHash } from 'node:crypto';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import { toIso } from '../domain/time.ts';
import { checked } from './cells.ts';
import {
  type AskedClose,
  CLOSES_COLUMNS,
  checkClose,
  headerOfBareList,
  refuseMapping,
  requestCloses,
} from './check-close.ts';
import { concludeImport } from './conclude-import.ts';
import { type CsvRow, csvRows } from './csv.ts';
import { type Header, noteIgnored, readHeader } from './header.ts';
import type { ImportMapping } from './import-mapping.ts';
import { RowImport } from './import-rows.ts';
import type { IntakeStore } from './ports.ts';
import { firstOf, readable, recordedName, type Source } from './source.ts';
import type { ClosesRow, ImportSummary } from './summary.ts';

export interface ImportCloses extends ImportMapping {
  /** Import a file that was imported before once more. */
  readonly again: boolean;
}

/** A list of a million ids has half of this. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Imports a list of conversations to close: each accepted row becomes a close request with the origin
 * `csv:FILE#LINE`, asked for at the row's `as_of` where the list has one. The list is read as a whole first, because whether it was imported before shows only at its end.
 * @throws UsageError when the file is unusable as a whole or was imported before; nothing was written then
 */
export async function importCloses(options: ImportCloses): Promise<ImportSummary> {
  const { store, clock, log } = options;
  const file = recordedName(options.file);
  const content = await readWhole(readable(options.source, file), file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const earlier = store.finishedImport('closes', sha256);
  if (earlier !== null && !options.again) throw importedBefore(file, earlier);

  const batches = csvRows(chunksOf(content));
  const { first, rest } = await firstOf(batches, file);
  const bare = first.cells !== null && parseConversationId(first.cells[0] ?? '') !== null;
  const header = bare ? headerOfBareList(first.cells) : readHeader(first, CLOSES_COLUMNS, file);
  refuseMapping(header, file);
  noteIgnored(header, file, log);

  // One moment for all of them: a list is asked for at once, and each moment costs a transaction.
  const now = clock.now();
  const id = store.beginImport('closes', file, now);
  const rows = new RowImport<AskedClose>({
    importId: id,
    store,
    check: (cells, line) => checked(() => checkClose(cells, header, { origin: `csv:${file}#${line}`, now })),
    put: (asked) => requestCloses(store, asked),
  });
  const results: ClosesRow[] = [];
  const take = (batch: readonly CsvRow[]) => {
    const taken = rows.take(batch, now);
    results.push(...taken.map((row, at) => ({ ...row, conversationId: idOf(batch[at], header) })));
    options.onProgress?.(rows.tally.counts);
  };
  take(bare ? [first, ...rest] : rest);
  for await (const batch of batches) take(batch);

  return {
    ...concludeImport(options, { id, kind: 'closes', file, sha256, tally: rows.tally }),
    rows: results,
  };
}

function idOf(row: CsvRow | undefined, header: Header): string | null {
  const at = header.index.get('conversation_id') ?? 0;
  return parseConversationId(row?.cells?.[at] ?? '');
}

function importedBefore(
  file: string,
  earlier: NonNullable<ReturnType<IntakeStore['finishedImport']>>,
): UsageError {
  return new UsageError(
    `${file} was imported before (import ${earlier.id}, finished ${toIso(earlier.finishedAt)}, as ${earlier.file}); to ask for these closes once more use --again.`,
  );
}

async function readWhole(source: Source, file: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new UsageError(
        `${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB; split it and import the parts.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const CHUNK_BYTES = 64 * 1024;

async function* chunksOf(content: Buffer): Source {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES);
}
