import { closeSync, openSync, readSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { Secrets } from '../config/secrets.ts';
import { createRequestHub } from '../metrics/hub.ts';
import { createArgs } from './args.ts';
import type { Context } from './command.ts';
import type { Io } from './io.ts';
import { createLog } from './log.ts';
import { createNarrator } from './narrator.ts';
import { createOutput } from './output.ts';
import type { Argv } from './parse.ts';

/** What a command gets, from the arguments and the process. */
export async function createContext(io: Io, argv: Argv, secrets: Secrets): Promise<Context> {
  const args = createArgs(argv);
  const json = args.flag('json');
  const quiet = args.flag('quiet');
  const color = argv.color !== false;
  const surroundings = {
    env: io.env,
    cwd: io.cwd,
    readFile: readSettings,
    secrets,
  };
  const narrator = createNarrator(io.stderr);
  return {
    io,
    args,
    out: createOutput(io, { json, quiet, color }, secrets.redact),
    narrator,
    log: await createLog(io, narrator, { json, quiet, verbose: args.flag('verbose'), color }, secrets.redact),
    surroundings,
    secrets,
    requests: createRequestHub(),
    config: await kept(async () =>
      loadConfig({ ...surroundings, flags: argv, configFile: args.text('config') ?? null }),
    ),
  };
}

/** What becomes of it, for whoever asks: settings that are wrong are no matter for a command that needs none. */
async function kept<T>(fn: () => Promise<T>): Promise<() => T> {
  try {
    const value = await fn();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** A settings file or a secret is never so long; a device that never ends would be. */
const LONGEST_SETTINGS_BYTES = 1024 * 1024;

/** The text of a file, also of a pipe. Throws what node:fs does, and EFBIG for what is too long. */
function readSettings(path: string): string {
  const bytes = Buffer.alloc(LONGEST_SETTINGS_BYTES + 1);
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length < bytes.length) return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
  throw Object.assign(new Error(`${path} is longer than 1 MiB`), { code: 'EFBIG' });
}
