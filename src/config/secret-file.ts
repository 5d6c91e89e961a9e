import { resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import type { Environment } from './environment.ts';
import { readIfThere, type Surroundings } from './surroundings.ts';

interface Named {
  readonly variable: string;
  /** Its name with `_FILE`. */
  readonly fileVariable: string;
  /** What the file holds, in words. */
  readonly content: string;
}

/**
 * The content of the file that a `_FILE` variable names, without the end of its line; null: that is not set.
 * @throws UsageError when the variable itself is set too, or the file cannot be used
 */
export function readNamedFile(
  environment: Environment,
  { cwd, readFile }: Pick<Surroundings, 'cwd' | 'readFile'>,
  { variable, fileVariable, content }: Named,
): { readonly text: string; readonly file: string } | null {
  const named = environment.get(fileVariable);
  if (named === undefined) return null;
  if (environment.has(variable)) {
    throw new UsageError(`${variable} and ${fileVariable} are both set; unset one.`);
  }
  const path = named.text.trim();
  const what = `The file ${path} of ${fileVariable}`;
  const file = resolve(cwd, path);
  const found = readIfThere(readFile, file, what);
  if (found === null) throw new UsageError(`${what} does not exist; correct the path.`);
  const text = found.replace(/[\r\n]+$/, '');
  if (text.trim() === '') throw new UsageError(`${what} is empty; write the ${content} into it.`);
  return { text, file };
}
