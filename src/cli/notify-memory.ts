import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../domain/errors.ts';
import { parseInstant, toIso } from '../domain/time.ts';
import type { Memory } from '../notify/ports.ts';
import { write } from './files.ts';

const CODES: readonly number[] = Object.values(EXIT);

const kept = z.object({
  exitCode: z.custom<ExitCode>((code) => typeof code === 'number' && CODES.includes(code)),
  finishedAt: z
    .string()
    .transform((text) => parseInstant(text) ?? Number.NaN)
    .refine((at) => !Number.isNaN(at)),
});

/**
 * A small file beside the database. The record would not do: it has no row for a night that could not sign in, nor for one
 * that could not open the database.
 */
export function notifyMemory(database: string): Memory {
  const path = `${database}-notified`;
  return {
    read: () => {
      try {
        return kept.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        // Not there yet, or damaged: the next night writes it anew.
        return null;
      }
    },
    write: async ({ exitCode, finishedAt }) => {
      const text = `${JSON.stringify({ exitCode, finishedAt: toIso(finishedAt) })}\n`;
      // Without the folder there is no database either, and that is told every night.
      if (existsSync(dirname(path))) await write(path, text, { replace: true });
    },
  };
}
