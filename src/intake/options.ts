import type { Clock, Log } from '../sweep/ports.ts';
import type { ColumnMap, Columns } from './column-map.ts';
import type { Delimiter } from './delimiter.ts';
import { type Expected, type Header, noteIgnored } from './header.ts';
import type { IntakeStore, SeenRows } from './ports.ts';
import { type RejectedRow, type RejectLine, RejectLines } from './reject-rows.ts';
import type { ImportProgress, Source } from './source.ts';

/** How a file is to be read, whatever it is. */
export interface ImportOptions {
  readonly source: Source;
  /** Path or `-`; only the base name is recorded. */
  readonly file: string;
  /** What the `source` of a mapping is recorded as; `csv:FILE` when left out. */
  readonly recordedAs?: string;
  readonly delimiter: Delimiter | 'auto';
  readonly map: ColumnMap;
  /** Columns that look like ours misspelt are left alone too, and none is noted. */
  readonly ignoreUnknown: boolean;
  /** The command as it was typed, for advice that can be pasted. */
  readonly command: string;
  readonly store: IntakeStore;
  readonly seen: SeenRows;
  /** Whether `store` writes nothing. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks to stop in good order. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Takes the lines of a file of rejected rows, batch by batch, its header first; never called when there are none. */
  readonly onRejects?: (lines: readonly RejectLine[]) => void;
}

/** What is expected of the file of this name. */
export function expectedOf(
  { map, ignoreUnknown, command }: ImportOptions,
  columns: Columns,
  file: string,
): Expected {
  return { columns, map, ignoreUnknown, file, command };
}

/** Notes what the file has beyond what is used, and returns what is to be done with its rejected rows. */
export function beginRows(
  { log, onRejects = () => {} }: ImportOptions,
  header: Header,
  expected: Expected,
): (rejects: readonly RejectedRow[]) => void {
  noteIgnored(header, expected, log);
  const lines = new RejectLines(header);
  return (rejects) => onRejects(lines.of(rejects));
}
