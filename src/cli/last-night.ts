import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type NightEnd, saysNothing } from '../domain/night.ts';
import { toIso } from '../domain/time.ts';
import type { NightWatcher } from '../night/ports.ts';
import { besideDatabase } from '../store/files.ts';
import { keptExitCode, keptFile, keptInstant } from './kept-file.ts';

const kept = z.object({
  startedAt: keptInstant,
  finishedAt: keptInstant,
  exitCode: keptExitCode,
  message: z.string(),
  hadRun: z.boolean(),
});

const fileOf = (database: string) => keptFile<NightEnd>(() => besideDatabase(database, 'last-night'), kept);

/**
 * Keeps how each night ended in a small file beside the database: a night that could not sign in has no row there, and who
 * only looks at the record would take the night before for the last one.
 */
export function lastNightKeeper(database: string): NightWatcher {
  return {
    name: 'the file of the last night',
    begun: async () => {},
    ended: async ({ startedAt, finishedAt, exitCode, message, report }) => {
      const hadRun = report !== null;
      if (saysNothing({ exitCode, hadRun })) return;
      // Without a database nobody looks at how its nights go, and a name mistyped leaves no file behind.
      if (!existsSync(database)) return;
      const text = { startedAt: toIso(startedAt), finishedAt: toIso(finishedAt), exitCode, message };
      await fileOf(database).write({ ...text, hadRun });
    },
  };
}

/** Null: none was kept, or it cannot be read. */
export function readLastNight(database: string): NightEnd | null {
  return fileOf(database).read();
}

/** The last night, where its end is on no record; null otherwise. */
export function readUnrecordedNight(database: string): NightEnd | null {
  const night = readLastNight(database);
  return night === null || night.hadRun ? null : night;
}
