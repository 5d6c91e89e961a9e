import { createReadStream, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { UsageError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/** What an import reads from. */
interface OpenedSource {
  /** @param stop ends the reading at once, with an error */
  read(stop: AbortSignal): AsyncIterable<Uint8Array>;
  /** How many there are; null where nobody knows (standard input, a pipe). */
  readonly totalBytes: number | null;
}

/** A file, or standard input for `-`. Throws UsageError when there is no such file. */
export function openSource(io: Io, file: string): OpenedSource {
  if (file === '-') return { read: (stop) => lazily(() => io.stdin, stop), totalBytes: null };
  const path = resolve(io.cwd, file);
  const stats = statsOf(path, file);
  if (stats.isDirectory()) throw new UsageError(`${file} is a directory; name a CSV file.`);
  return {
    read: (stop) => lazily(() => createReadStream(path), stop),
    totalBytes: stats.isFile() ? stats.size : null,
  };
}

function statsOf(path: string, file: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new UsageError(
      `The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check the path.`,
      { cause: error },
    );
  }
}

/** Opened when the first byte is asked for: a command that fails before that has nothing to close. */
async function* lazily(open: () => Readable, stop: AbortSignal): AsyncIterable<Uint8Array> {
  yield* addAbortSignal(stop, open());
}
