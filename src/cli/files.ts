import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/**
 * Where a file that does not exist yet is to be written, checked before the work whose result it will hold.
 * @throws UsageError when it is there already, since somebody may have signed it, or when its folder is not
 */
export function newFile(io: Io, given: string): string {
  const path = folderChecked(io, given);
  if (existsSync(path)) throw new UsageError(`${given} exists already; name a file that does not.`);
  return path;
}

/** Where a file is to be written that may be written again. @throws UsageError when its folder is not there */
export function outputFile(io: Io, given: string): string {
  return folderChecked(io, given);
}

/** It may hold ids of customers. One that is there already keeps the rights that somebody gave it. */
const PRIVATE = 0o600;

/** @throws UsageError when it cannot be written */
export async function write(
  path: string,
  text: string,
  options: { readonly replace: boolean },
): Promise<void> {
  try {
    await writeFile(path, text, { flag: options.replace ? 'w' : 'wx', mode: PRIVATE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${path} cannot be written (${code}); name another file.`, { cause: error });
  }
}

function folderChecked(io: Io, given: string): string {
  const path = resolve(io.cwd, given);
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`The folder of ${given} does not exist; create ${folder}, or name another file.`);
  }
  return path;
}
