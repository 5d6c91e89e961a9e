import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NOBODY = 65_534;

/** Whoever runs the tests as root could open everything; what is done here, without a pause, is done by a user who cannot. */
export function asNobody<T>(fn: () => T): T {
  if (process.geteuid?.() !== 0) return fn();
  process.seteuid?.(NOBODY);
  try {
    return fn();
  } finally {
    process.seteuid?.(0);
  }
}

/** Makes the folder and what is in it that user's own. */
export function giveToNobody(dir: string): void {
  if (process.geteuid?.() !== 0) return;
  for (const name of ['.', ...readdirSync(dir)]) lchownSync(join(dir, name), NOBODY, NOBODY);
}
