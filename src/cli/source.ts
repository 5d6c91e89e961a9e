import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/** The bytes of a file, or of standard input for `-`. Throws UsageError when there is no such file. */
export function openSource(io: Io, file: string): AsyncIterable<Uint8Array> {
  if (file === '-') return io.stdin;
  const path = resolve(io.cwd, file);
  try {
    if (statSync(path).isDirectory()) throw new UsageError(`${file} is a directory; name a CSV file.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check the path.`,
      { cause: error },
    );
  }
  return lazily(path);
}

/** Opened when the first byte is asked for: a command that fails before that has nothing to close. */
async function* lazily(path: string): AsyncIterable<Uint8Array> {
  yield* createReadStream(path);
}
