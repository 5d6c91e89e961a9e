import { UsageError } from '../domain/errors.ts';
import type { Secrets } from './secrets.ts';

/** What configuration is read from; the program passes in the real one. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The text of a file; throws like `readFileSync(path, 'utf8')`. */
  readonly readFile: (path: string) => string;
  /** Told every secret that is read. */
  readonly secrets: Pick<Secrets, 'add'>;
}

/**
 * The text of the file, or null when there is none.
 * @param what the file in words, for the error
 * @throws UsageError when it is there and cannot be read
 */
export function readIfThere(readFile: Surroundings['readFile'], path: string, what: string): string | null {
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') return null;
    throw new UsageError(`${what} cannot be read (${code}); make it a readable file.`, { cause: error });
  }
}
