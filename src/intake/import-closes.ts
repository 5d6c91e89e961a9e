import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import { toIso } from '../domain/time.ts';
import { checked } from './cells.ts';
import {
  type AskedClose,
  CLOSES_COLUMNS,
  checkClose,
  closesHeader,
  fitOfCloses,
  isBareList,
  requestCloses,
} from './check-close.ts';
import { concludeImport } from './conclude-import.ts';
import { type CsvRow, openCsv } from './csv.ts';
import { detectDelimiter } from './delimiter.ts';
import type { Header } from './header.ts';
import { RowImport } from './import-rows.ts';
import { beginRows, expectedOf, type ImportOptions } from './options.ts';
import type { IntakeStore } from './ports.ts';
import { ownCells } from './reject-rows.ts';
import { firstOf, readable, recordedName, type Source, takeAll } from './source.ts';
import type { ClosesRow, ImportSummary } from './summary.ts';

export interface ImportCloses extends ImportOptions {
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
  const { store, seen, clock, delimiter: asked, stop } = options;
  const file = recordedName(options.file);
  const expected = expectedOf(options, CLOSES_COLUMNS, file);
  const content = await readWhole(readable(options.source, file, stop), file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const earlier = store.finishedImport('closes', sha256);
  if (earlier !== null && !options.again) throw importedBefore(file, earlier);

  let bytes = 0;
  const { batches, delimiter } = await openCsv(
    chunksOf(content, (at) => {
      bytes = at;
    }),
    asked === 'auto' ? (firsts) => detectDelimiter(firsts, (row) => fitOfCloses(row, expected), file) : asked,
  );
  const { first, rest } = await firstOf(batches, file);
  const header = closesHeader(first, delimiter, expected);
  const onRejects = beginRows(options, header, expected);

  // One moment for all of them: a list is asked for at once, and each moment costs a transaction.
  const now = clock.now();
  const id = store.beginImport('closes', file, now);
  const rows = new RowImport<AskedClose>({
    importId: id,
    store,
    seen,
    check: (cells, line) =>
      checked(header, cells, (row) => checkClose(row, { origin: `csv:${file}#${line}`, now })),
    put: (asked) => requestCloses(store, asked),
    onRejects,
  });
  const results: ClosesRow[] = [];
  const take = (batch: readonly CsvRow[]) => {
    const taken = rows.take(batch, now);
    results.push(...taken.map((row, at) => ({ ...row, conversationId: idOf(batch[at], header) })));
    options.onProgress?.({ ...rows.tally.counts, bytes });
  };
  const complete = await takeAll(isBareList(first) ? [first, ...rest] : rest, batches, take, stop);

  const imported = { id, kind: 'closes', file, sha256: complete ? sha256 : null, tally: rows.tally } as const;
  return { ...concludeImport(options, imported), rows: results };
}

function idOf(row: CsvRow | undefined, header: Header): string | null {
  const at = header.index.get('conversation_id') ?? 0;
  return parseConversationId(ownCells(header, row?.cells ?? [])[at] ?? '');
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

/** Lets the rest of the program take its turn before each chunk, a signal among it. */
async function* chunksOf(content: Buffer, onRead: (bytes: number) => void): Source {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    await turn();
    yield content.subarray(at, at + CHUNK_BYTES);
    onRead(Math.min(at + CHUNK_BYTES, content.length));
  }
}
