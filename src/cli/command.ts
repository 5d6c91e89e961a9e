import type { LoadedConfig } from '../config/load.ts';
import type { Secrets } from '../config/secrets.ts';
import { SETTINGS } from '../config/settings.ts';
import type { Surroundings } from '../config/surroundings.ts';
import { EXIT, type ExitCode } from '../domain/errors.ts';
import type { RequestHub } from '../metrics/hub.ts';
import type { Log } from '../sweep/ports.ts';
import type { Args } from './args.ts';
import type { Io } from './io.ts';
import type { Narrator } from './narrator.ts';
import type { Output } from './output.ts';

/** What a command gets: its arguments, and the ways to talk. */
export interface Context {
  readonly io: Io;
  readonly args: Args;
  readonly out: Output;
  readonly log: Log;
  /** What `log` writes to, and a progress bar with it. */
  readonly narrator: Narrator;
  readonly surroundings: Surroundings;
  /** What is never to be shown or recorded. */
  readonly secrets: Secrets;
  /** Whoever is to be told what the clients of this process do. */
  readonly requests: RequestHub;
  /** The settings in force; read once. Throws UsageError. */
  readonly config: () => LoadedConfig;
}

/** A flag of the command line; a switch unless it takes a value. */
export interface Flag {
  readonly describe: string;
  /** What stands for the value in `--help`; for `FILE` the shell completes paths. */
  readonly value?: string;
  /** All the words that it can be, where they are few. */
  readonly choices?: readonly string[];
  /** One letter. */
  readonly alias?: string;
  /** It may be given more than once. */
  readonly many?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

/** A flag that takes one of these words. */
export function oneOf(value: string, choices: readonly string[], usual: string, what?: string): Flag {
  const told = `${choices.join(', ')} (${usual})`;
  return { value, choices, describe: what === undefined ? told : `${what}: ${told}` };
}

/** The contract to speak; a setting. */
export function apiFlag(when?: string): Flag {
  const { words = [] } = SETTINGS.api.kind;
  const told = words.join(' or ');
  return { value: 'NAME', choices: words, describe: when === undefined ? told : `${when}: ${told}` };
}

/** One command. `run` is callable without the parser. */
export interface Command {
  /** Words after `nightsweep`, with the positionals: `import mapping <file>`; the shell completes paths for `file`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly positionals?: Readonly<Record<string, string>>;
  readonly options: Flags;
  /** The exit codes beyond 0, 1 and 2 that it may end with. */
  readonly exits: readonly ExitCode[];
  readonly run: (context: Context) => Promise<ExitCode>;
}

/** Understood by every command. */
export const COMMON_OPTIONS: Flags = {
  db: { value: 'FILE', describe: 'database (NIGHTSWEEP_DB; data/nightsweep.db)' },
  config: { value: 'FILE', describe: 'settings (NIGHTSWEEP_CONFIG; nightsweep.yaml if there)' },
  json: { describe: 'one JSON object on stdout, narration as JSON lines on stderr' },
  quiet: { describe: 'no narration, only the result' },
  verbose: { describe: 'narrate everything; stack traces for bugs' },
  'no-color': { describe: 'plain text (NO_COLOR)' },
  help: { alias: 'h', describe: 'this help' },
};

export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'done, or nothing to do',
  [EXIT.unexpected]: 'unexpected error',
  [EXIT.usage]: 'usage or configuration',
  [EXIT.incomplete]: 'finished, but some failed, unconfirmed, rejected or (close) not closed',
  [EXIT.auth]: 'authentication or permission',
  [EXIT.refused]: 'a guard refused to close by policy',
  [EXIT.workLeft]: 'budget, limit or time used up, work left',
  [EXIT.unavailable]: 'Genesys Cloud unavailable, without effect, or daily limit; work left',
  [EXIT.database]: 'database',
  [EXIT.leaseHeld]: 'another run holds the lease',
  [EXIT.interrupted]: 'interrupted by SIGINT, resumable',
  [EXIT.terminated]: 'interrupted by SIGTERM, resumable',
};
