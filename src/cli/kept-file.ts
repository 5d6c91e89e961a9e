import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../domain/errors.ts';
import { parseInstant } from '../domain/time.ts';
import { write } from './files.ts';

const CODES: readonly number[] = Object.values(EXIT);

/** Fields of what is kept: moments are ISO-8601 in the file. */
export const keptInstant = z
  .string()
  .transform((text) => parseInstant(text) ?? Number.NaN)
  .refine((at) => !Number.isNaN(at));
export const keptExitCode = z.custom<ExitCode>((code) => typeof code === 'number' && CODES.includes(code));

/** A small file beside the database, for what the record has no row for. */
export interface KeptFile<T> {
  /** Null: it is not there yet, or damaged; the next night writes it anew. */
  read(): T | null;
  /** Puts this in its place, all of it or nothing. Throws UsageError, or what `path` throws. */
  write(value: object): Promise<void>;
}

/** @param path asked each time: it depends on what is there then */
export function keptFile<T>(path: () => string, shape: z.ZodType<T>): KeptFile<T> {
  return {
    read: () => {
      try {
        return shape.parse(JSON.parse(readFileSync(path(), 'utf8')));
      } catch {
        return null;
      }
    },
    write: async (value) => write(path(), `${JSON.stringify(value)}\n`, { replace: true }),
  };
}
