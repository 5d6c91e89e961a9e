import { basename } from 'node:path';
import { ExpectedError, interruptExit, UsageError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';

/** What an import reads from: a file's stream, standard input, or any chunks of bytes. */
export type Source = AsyncIterable<Uint8Array>;

/** What is known while an import runs. */
export interface ImportProgress {
  readonly rows: number;
  readonly rejected: number;
  /** Read so far. */
  readonly bytes: number;
}

/** The name under which a file is recorded: without its folder, and fit for one line. `-` is standard input. */
export function recordedName(file: string): string {
  return file === '-' ? 'stdin' : printable(basename(file), '?');
}

/** Passes the bytes on; a file that cannot be read becomes a UsageError that names it. */
export async function* readable(source: Source, file: string, stop: AbortSignal): Source {
  try {
    yield* source;
  } catch (error) {
    if (stop.aborted) {
      throw new ExpectedError(`Interrupted; nothing of ${file} was imported.`, interruptExit(stop));
    }
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new UsageError(`Cannot read ${file}: ${error.message}.`, { cause: error });
  }
}

/** The first record, where the header stands, and the rest of its batch. @throws UsageError when there is none */
export async function firstOf<T>(
  batches: AsyncIterator<readonly T[]>,
  file: string,
): Promise<{ first: T; rest: readonly T[] }> {
  const batch = await batches.next();
  const [first, ...rest] = batch.done === true ? [] : batch.value;
  if (first === undefined) throw new UsageError(`${file} is empty; nothing was imported.`);
  return { first, rest };
}

/**
 * Takes batch after batch, until there are no more or somebody asks to stop: then what is in hand is left, because the
 * end of what was read is not the end of the file.
 * @returns whether all of it was taken
 */
export async function takeAll<T>(
  rest: readonly T[],
  batches: AsyncIterable<readonly T[]>,
  take: (batch: readonly T[]) => void,
  stop: AbortSignal,
): Promise<boolean> {
  if (stop.aborted) return false;
  take(rest);
  try {
    for await (const batch of batches) {
      if (stop.aborted) return false;
      take(batch);
    }
  } catch (error) {
    if (!stop.aborted || !(error instanceof ExpectedError) || error.exitCode !== interruptExit(stop))
      throw error;
  }
  return !stop.aborted;
}
