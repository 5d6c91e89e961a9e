import type { Command } from '../command.ts';

/** How to load each command by its name, in the order of `--help`: whoever asks for one does not wait for the others. */
export const LOAD: Readonly<Record<string, () => Promise<Command>>> = {
  sweep: async () => (await import('./sweep.ts')).sweep,
  'import mapping': async () => (await import('./import-mapping.ts')).importMapping,
  'import closes': async () => (await import('./import-closes.ts')).importCloses,
  discover: async () => (await import('./discover.ts')).discover,
  close: async () => (await import('./close.ts')).close,
  hold: async () => (await import('./hold.ts')).hold,
  schedule: async () => (await import('./schedule.ts')).schedule,
  serve: async () => (await import('./serve.ts')).serve,
  report: async () => (await import('./report.ts')).report,
  explain: async () => (await import('./explain.ts')).explain,
  runs: async () => (await import('./runs.ts')).runs,
  doctor: async () => (await import('./doctor.ts')).doctor,
  notify: async () => (await import('./notify.ts')).notify,
  config: async () => (await import('./config.ts')).config,
  'db migrate': async () => (await import('./db.ts')).dbMigrate,
  'db status': async () => (await import('./db.ts')).dbStatus,
  'db backup': async () => (await import('./db.ts')).dbBackup,
  'db check': async () => (await import('./db.ts')).dbCheck,
  'db prune': async () => (await import('./db-prune.ts')).dbPrune,
  simulate: async () => (await import('./simulate.ts')).simulate,
  demo: async () => (await import('./demo.ts')).demo,
  'completion bash': async () => (await import('./completion.ts')).completionBash,
  'completion zsh': async () => (await import('./completion.ts')).completionZsh,
  'completion fish': async () => (await import('./completion.ts')).completionFish,
};

/** First words that several commands share. */
export const GROUPS: Readonly<Record<string, string>> = {
  import: 'Bring in mappings, or a list of conversations to close.',
  completion: 'Print a completion script for a shell.',
  db: 'Housekeeping of the database.',
};
