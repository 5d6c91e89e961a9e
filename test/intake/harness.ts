import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type CsvRow, openCsv } from '../../src/intake/csv.ts';
import { importCloses } from '../../src/intake/import-closes.ts';
import { importMapping } from '../../src/intake/import-mapping.ts';
import type { ImportOptions } from '../../src/intake/options.ts';
import { openSeenRows } from '../../src/store/seen-rows.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Clock, Log } from '../../src/sweep/ports.ts';

export const NOW = Date.parse('2026-11-10T03:00:00.000Z');
export const HEADER = 'session_id,conversation_id,started_at,last_activity_at,user_id';

/** `00000000-0000-4000-8000-00000000000n` */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A good row of {@link HEADER}. */
export function rowOf(n: number): string {
  return `s-${n},${idOf(n)},2026-11-01T08:00:00Z,2026-11-01T09:00:00Z,u-${n}`;
}

/** A signal that nobody gives. */
export const NEVER = new AbortController().signal;

/** What an import needs beside its file, as the command line would have it without flags. */
export const PLAIN = {
  delimiter: 'auto',
  map: new Map<string, string>(),
  ignoreUnknown: false,
  command: 'nightsweep import mapping list.csv',
  dryRun: false,
  stop: NEVER,
} as const;

const opened: { store: Store; folder: string; closers: (() => void)[] }[] = [];

afterEach(() => {
  for (const { store, folder, closers } of opened.splice(0)) {
    for (const close of closers) close();
    store.close();
    rmSync(folder, { recursive: true });
  }
});

type Taken = Pick<ImportOptions, 'delimiter' | 'map' | 'ignoreUnknown' | 'stop' | 'onProgress' | 'onRejects'>;

export interface Content extends Partial<Taken> {
  readonly file?: string;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  /** Cuts the bytes into chunks of this size. */
  readonly chunk?: number;
}

/**
 * A real database in its own folder, what was noted, and both imports on it.
 *
 * @param tickMs how far the clock goes on each time somebody looks at it
 */
export function setUp({ tickMs = 0 } = {}) {
  let looks = 0;
  const clock: Clock = { now: () => NOW + tickMs * looks++, sleep: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'intake-'));
  const path = join(folder, 'test.db');
  const store = openStore(path, { mode: 'create', now: NOW });
  const closers: (() => void)[] = [];
  opened.push({ store, folder, closers });
  const notes: string[] = [];
  const note = (message: string) => void notes.push(message);
  const log: Log = { debug: note, info: note, warn: note };
  const optionsFor = (
    content: string | Buffer,
    { chunk, dryRun = false, ...rest }: Content,
  ): ImportOptions => {
    const seen = openSeenRows();
    const dry = dryRun ? store.dryIntake() : null;
    closers.push(seen.close, ...(dry === null ? [] : [dry.close]));
    return {
      source: chunked(Buffer.from(content), chunk ?? 64 * 1024),
      file: 'list.csv',
      store: dry?.intake ?? store.intake,
      seen,
      clock,
      log,
      ...PLAIN,
      ...rest,
      dryRun,
    };
  };
  return {
    store,
    notes,
    mapping: (content: string | Buffer, options: Content = {}) => importMapping(optionsFor(content, options)),
    closes: (content: string | Buffer, options: Content = {}) =>
      importCloses({ ...optionsFor(content, options), again: options.again ?? false }),
    rows: (sql: string) => query(path, sql),
  };
}

/** The batches in which the records of these bytes arrive. */
export async function batchesOf(...chunks: readonly Uint8Array[]): Promise<(readonly CsvRow[])[]> {
  async function* source() {
    yield* chunks;
  }
  const batches = [];
  for await (const batch of (await openCsv(source(), ',')).batches) batches.push(batch);
  return batches;
}

async function* chunked(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

function query(path: string, sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}

/** Column names with rows, as a file would have them. */
export function fileOf(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
