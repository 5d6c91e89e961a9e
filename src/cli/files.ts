import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { chmod, type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { COMPANIONS, codeOf } from '../store/files.ts';
import type { Io } from './io.ts';

/**
 * Where a file that does not exist yet is to be written, checked before the work whose result it will hold.
 * @throws UsageError when it is there already, since somebody may have signed it, or when its folder is not
 */
export function newFile(io: Io, given: string): string {
  const path = placeFor(io, given);
  if (existsSync(path)) throw new UsageError(`${given} exists already; name a file that does not.`);
  demandNoDatabase(path, given);
  return path;
}

/**
 * Where a file is to be written that may be written again; of a link, what it leads to.
 * @throws UsageError when its folder is not there, or when it is a database or a part of one
 */
export function outputFile(io: Io, given: string): string {
  const place = placeFor(io, given);
  const path = existsSync(place) ? lookAt(given, () => realpathSync(place)) : place;
  demandNoDatabase(path, given);
  return path;
}

/** The first bytes of every SQLite database. */
const SQLITE = Buffer.from('SQLite format 3\0');
const COMPANION = new RegExp(`-(?:${COMPANIONS.join('|')})$`);

/** A report in the place of the record, by a slip of the shell's completion, would be the end of it. */
export function demandNoDatabase(path: string, given: string, ownDatabase?: string): void {
  const owner = path.replace(COMPANION, '');
  if (path === ownDatabase) throw new UsageError(`${given} is the database; name another file.`);
  if (owner !== path && (existsSync(owner) || owner === ownDatabase)) {
    throw new UsageError(`${given} belongs to the database ${owner}; name another file.`);
  }
  if (lookAt(given, () => isRegular(path) && startsWith(path, SQLITE))) {
    throw new UsageError(`${given} is a database; name another file.`);
  }
}

/** Not for files that this process has open with SQLite: closing any descriptor would drop its locks (POSIX). */
function startsWith(path: string, bytes: Buffer): boolean {
  const head = Buffer.alloc(bytes.length);
  const file = openSync(path, 'r');
  try {
    return readSync(file, head, 0, head.length, 0) === head.length && head.equals(bytes);
  } finally {
    closeSync(file);
  }
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** It may hold ids of customers. */
const PRIVATE = 0o600;

/** What other users' programs are meant to read. */
export const FOR_ALL = 0o644;

/**
 * Writes a file as a whole or not at all: what was there before stays until the new one is complete, and on the disk.
 * @throws UsageError when it cannot be written
 */
export async function write(
  path: string,
  text: string,
  { replace, mode = PRIVATE }: { readonly replace: boolean; readonly mode?: number },
): Promise<void> {
  try {
    if (!replace) await create(path, text, mode);
    // A pipe or a device is written to, not replaced.
    else if (existsSync(path) && !isRegular(path)) await writeFile(path, text);
    else await putInPlace(path, text, mode);
  } catch (error) {
    throw notWritten(path, error);
  }
}

async function putInPlace(path: string, text: string, mode: number): Promise<void> {
  // A name that nobody can have taken, neither another process of ours nor one that was killed, nor somebody else on purpose.
  const partial = partialOf(`${path}.${randomBytes(6).toString('hex')}`);
  await create(partial, text, mode);
  try {
    // Whatever the umask takes away.
    await chmod(partial, mode);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Of a file that is there, or a link, nothing is touched; of one that could not be written whole, nothing stays. */
async function create(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    try {
      await file.writeFile(text);
      await toDisk(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** What file systems say that know no such thing, some network ones among them. */
const NO_SYNC: readonly unknown[] = ['EINVAL', 'ENOSYS', 'ENOTSUP'];

/** Else the name could outlive a power cut without what is in it. */
async function toDisk(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (!NO_SYNC.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}

function notWritten(path: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  const advice = code === 'ENOSPC' ? 'free some space' : 'name another file';
  return new UsageError(`${path} cannot be written (${code}); ${advice}.`, { cause: error });
}

/** A new file that is written part by part, and is there under its name only when it is complete. */
export interface GrowingFile {
  /** Throws UsageError when it cannot be written. */
  write(text: string): void;
  /** Gives it its name; answers whether anything was written. Throws UsageError, also when the name is taken by now. */
  finish(): boolean;
  /** Removes what is not finished. */
  discard(): void;
}

/** The file beside it that holds what is not complete. */
export function partialOf(path: string): string {
  return `${path}.partial`;
}

/** @param path from {@link newFile} */
export function growingFile(path: string): GrowingFile {
  const partial = partialOf(path);
  let file: number | null = null;
  const attempt = <T>(fn: () => T): T => {
    try {
      return fn();
    } catch (error) {
      throw error instanceof UsageError ? error : notWritten(path, error);
    }
  };
  const open = () => {
    rmSync(partial, { force: true });
    return openSync(partial, 'wx', PRIVATE);
  };
  const close = () => {
    if (file === null) return false;
    closeSync(file);
    file = null;
    return true;
  };
  return {
    write: (text) =>
      attempt(() => {
        file ??= open();
        // A disk that fills up may take a part of it.
        for (let left = Buffer.from(text); left.length > 0; ) left = left.subarray(writeSync(file, left));
      }),
    finish: () =>
      attempt(() => {
        if (file === null) return false;
        fsyncSync(file);
        close();
        if (existsSync(path))
          throw new UsageError(`${path} exists by now; what was to be in it is in ${partial}.`);
        renameSync(partial, path);
        return true;
      }),
    discard: () => {
      if (close()) rmSync(partial, { force: true });
    },
  };
}

/** Whether both name the same file. Of what cannot be looked at it says no; whoever opens that says why. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map(statOrNothing);
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** What `look` says of a file. @throws UsageError when there is no way to look: a closed folder, a loop of links, … */
export function lookAt<T>(given: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new UsageError(
      `${given} cannot be looked at (${codeOf(error)}); see to the rights on it and on its folders, or name another file.`,
      { cause: error },
    );
  }
}

/** The path of a file whose folder is there. @throws UsageError when it is not */
export function placeFor(io: Io, given: string): string {
  const path = resolve(io.cwd, given);
  const folder = dirname(path);
  if (!lookAt(given, () => statSync(folder, { throwIfNoEntry: false })?.isDirectory())) {
    throw new UsageError(`The folder of ${given} does not exist; create ${folder}, or name another file.`);
  }
  return path;
}
