import type { Command } from '../command.ts';
import { close } from './close.ts';
import { completionBash, completionFish, completionZsh } from './completion.ts';
import { config } from './config.ts';
import { dbBackup, dbCheck, dbMigrate, dbStatus } from './db.ts';
import { dbPrune } from './db-prune.ts';
import { demo } from './demo.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { hold } from './hold.ts';
import { importCloses } from './import-closes.ts';
import { importMapping } from './import-mapping.ts';
import { notify } from './notify.ts';
import { report } from './report.ts';
import { runs } from './runs.ts';
import { schedule } from './schedule.ts';
import { serve } from './serve.ts';
import { simulate } from './simulate.ts';
import { sweep } from './sweep.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  sweep,
  importMapping,
  importCloses,
  discover,
  close,
  hold,
  schedule,
  serve,
  report,
  explain,
  runs,
  doctor,
  notify,
  config,
  dbMigrate,
  dbStatus,
  dbBackup,
  dbCheck,
  dbPrune,
  simulate,
  demo,
  completionBash,
  completionZsh,
  completionFish,
];

/** First words that several commands share. */
export const GROUPS: Readonly<Record<string, string>> = {
  import: 'Bring in mappings, or a list of conversations to close.',
  completion: 'Print a completion script for a shell.',
  db: 'Housekeeping of the database.',
};
