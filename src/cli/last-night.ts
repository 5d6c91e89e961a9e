import { existsSync } from 'node:fs';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../domain/errors.ts';
import type { NightEnd } from '../domain/night.ts';
import { toIso } from '../domain/time.ts';
import type { NightWatcher } from '../night/ports.ts';
import { besideDatabase } from '../store/files.ts';
import { keptExitCode, keptFile, keptInstant } from './kept-file.ts';

/** Another run was at work, or somebody ended it before it began: neither says that the nights go badly. */
const SAYS_NOTHING: readonly ExitCode[] = [EXIT.leaseHeld, EXIT.interrupted, EXIT.terminated];

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
      if (report === null && SAYS_NOTHING.includes(exitCode)) return;
      // Without a database nobody looks at how its nights go, and a name mistyped leaves no file behind.
      if (!existsSync(database)) return;
      const text = { startedAt: toIso(startedAt), finishedAt: toIso(finishedAt), exitCode, message };
      await fileOf(database).write({ ...text, hadRun: report !== null });
    },
  };
}

/** Null: none was kept, or it cannot be read. */
export function readLastNight(database: string): NightEnd | null {
  return fileOf(database).read();
}
