import { readFileSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { Secrets } from '../config/secrets.ts';
import { createArgs } from './args.ts';
import type { Context } from './command.ts';
import type { Io } from './io.ts';
import { createLog } from './log.ts';
import { createNarrator } from './narrator.ts';
import { createOutput } from './output.ts';
import type { Argv } from './parse.ts';

/** What a command gets, from the arguments and the process. */
export function createContext(io: Io, argv: Argv, secrets: Secrets): Context {
  const args = createArgs(argv);
  const json = args.flag('json');
  const quiet = args.flag('quiet');
  const color = argv.color !== false;
  const surroundings = {
    env: io.env,
    cwd: io.cwd,
    readFile: (path: string) => readFileSync(path, 'utf8'),
    secrets,
  };
  const narrator = createNarrator(io.stderr);
  let loaded: ReturnType<typeof loadConfig> | null = null;
  return {
    io,
    args,
    out: createOutput(io, { json, quiet, color }, secrets.redact),
    narrator,
    log: createLog(io, narrator, { json, quiet, verbose: args.flag('verbose'), color }, secrets.redact),
    surroundings,
    secrets,
    config: () => {
      loaded ??= loadConfig({ ...surroundings, flags: argv, configFile: args.text('config') ?? null });
      return loaded;
    },
  };
}
