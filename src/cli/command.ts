import type { Options } from 'yargs';
import type { LoadedConfig } from '../config/load.ts';
import type { Surroundings } from '../config/surroundings.ts';
import { EXIT, type ExitCode } from '../domain/errors.ts';
import type { Log } from '../sweep/ports.ts';
import type { Args } from './args.ts';
import type { Io } from './io.ts';
import type { Output } from './output.ts';

/** What a command gets: its arguments, and the ways to talk. */
export interface Context {
  readonly io: Io;
  readonly args: Args;
  readonly out: Output;
  readonly log: Log;
  readonly surroundings: Surroundings;
  /** The settings in force; read once. Throws UsageError. */
  readonly config: () => LoadedConfig;
}

/** One command. `run` is callable without the parser. */
export interface Command {
  /** Words after `nightsweep`, with the positionals: `import mapping <file>`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly positionals?: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, Options>>;
  /** The exit codes beyond 0, 1 and 2 that it may end with. */
  readonly exits: readonly ExitCode[];
  readonly run: (context: Context) => Promise<ExitCode>;
}

/** Understood by every command. */
export const COMMON_OPTIONS: Readonly<Record<string, Options>> = {
  db: { type: 'string', describe: 'database file (NIGHTSWEEP_DB)', requiresArg: true },
  config: { type: 'string', describe: 'settings file (NIGHTSWEEP_CONFIG)', requiresArg: true },
  json: { type: 'boolean', describe: 'one JSON object on stdout' },
  quiet: { type: 'boolean', describe: 'no narration, only the result' },
  verbose: { type: 'boolean', describe: 'narrate everything; stack traces for bugs' },
  'no-color': { type: 'boolean', describe: 'plain text (NO_COLOR)' },
};

export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'done, or nothing to do',
  [EXIT.unexpected]: 'unexpected error',
  [EXIT.usage]: 'usage or configuration',
  [EXIT.incomplete]: 'finished, but some failed, unconfirmed, rejected or (close) not closed',
  [EXIT.auth]: 'authentication or permission',
  [EXIT.refused]: 'a guard refused to close by policy',
  [EXIT.workLeft]: 'budget, limit or time used up, work left',
  [EXIT.unavailable]: 'Genesys Cloud unavailable or daily limit, work left',
  [EXIT.database]: 'database',
  [EXIT.leaseHeld]: 'another run holds the lease',
  [EXIT.interrupted]: 'interrupted by SIGINT, resumable',
  [EXIT.terminated]: 'interrupted by SIGTERM, resumable',
};
