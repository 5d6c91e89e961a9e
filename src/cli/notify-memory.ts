import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { toIso } from '../domain/time.ts';
import type { Memory } from '../notify/ports.ts';
import { besideDatabase } from '../store/files.ts';
import { keptExitCode, keptFile, keptInstant } from './kept-file.ts';

const kept = z.object({ exitCode: keptExitCode, finishedAt: keptInstant });

/**
 * A small file beside the database. The record would not do: it has no row for a night that could not sign in, nor for one
 * that could not open the database.
 */
export function notifyMemory(database: string): Memory {
  const file = keptFile(() => besideDatabase(database, 'notified'), kept);
  return {
    read: file.read,
    write: async ({ exitCode, finishedAt }) => {
      // Without the folder there is no database either, and that is told every night.
      if (existsSync(dirname(database))) await file.write({ exitCode, finishedAt: toIso(finishedAt) });
    },
  };
}
