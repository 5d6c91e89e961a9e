import { dirname, resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import type { GivenSettings } from './given.ts';
import { readIfThere, type Surroundings } from './surroundings.ts';

const DEFAULT_FILE = 'nightsweep.yaml';

/** A settings file that somebody asked for, and how. */
export interface NamedFile {
  readonly path: string;
  readonly by: string;
}

/**
 * The settings of the named file, or of `nightsweep.yaml` in the working directory if there is one.
 * @throws UsageError, with the line, for anything in it that is not a known setting given once
 */
export async function fileSettings(
  { cwd, readFile }: Pick<Surroundings, 'cwd' | 'readFile'>,
  named: NamedFile | null,
): Promise<GivenSettings> {
  const path = settingsPath(named);
  const text = readIfThere(readFile, resolve(cwd, path), `The settings file ${path}`);
  if (text !== null) {
    // The reader of YAML takes a while to load, and many do without a settings file.
    const { parseSettings } = await import('./yaml.ts');
    return parseSettings(text, path);
  }
  if (named === null) return new Map();
  throw new UsageError(`The settings file ${path} (from ${named.by}) does not exist; correct the path.`);
}

/** The folder that paths within the settings file begin from. */
export function settingsFolder(cwd: string, named: NamedFile | null): string {
  return dirname(resolve(cwd, settingsPath(named)));
}

function settingsPath(named: NamedFile | null): string {
  return named?.path ?? DEFAULT_FILE;
}
