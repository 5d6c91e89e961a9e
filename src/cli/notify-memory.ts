import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { toIso } from '../domain/time.ts';
import type { Before, Memory } from '../notify/ports.ts';
import { isFailure } from '../notify/when.ts';
import { besideDatabase } from '../store/files.ts';
import { keptExitCode, keptFile, keptInstant } from './kept-file.ts';

const kept = z
  .object({ exitCode: keptExitCode, finishedAt: keptInstant, failed: z.boolean().optional() })
  // Older files have the code only: where it does not say, its end is rather told once too often than not at all.
  .transform((night) => ({ ...night, failed: night.failed ?? isFailure({ ...night, report: null }) }));

/**
 * A small file beside the database. The record would not do: it has no row for a night that could not sign in, nor for one
 * that could not open the database.
 */
export function notifyMemory(database: string): Memory {
  const file = keptFile<Before>(() => besideDatabase(database, 'notified'), kept);
  return {
    read: file.read,
    write: async ({ finishedAt, ...night }) => {
      // Without the folder there is no database either, and that is told every night.
      if (existsSync(dirname(database))) await file.write({ ...night, finishedAt: toIso(finishedAt) });
    },
  };
}
