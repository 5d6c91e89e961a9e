import { backUp } from './scenes/back-up.ts';
import { create } from './scenes/create.ts';
import { hold } from './scenes/hold.ts';
import { importMapping } from './scenes/import-mapping.ts';
import { migrate } from './scenes/migrate.ts';
import { close, importCloses, importClosesNow } from './scenes/requests.ts';
import { sweep } from './scenes/sweep.ts';

export const SCENES = {
  sweep,
  close,
  importCloses,
  importClosesNow,
  importMapping,
  hold,
  create,
  backUp,
  migrate,
} as const;
export type SceneName = keyof typeof SCENES;
