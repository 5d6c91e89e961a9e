import { statSync } from 'node:fs';
import type { Log } from '../sweep/ports.ts';

const OTHERS = 0o077;

/** Warns of a file that is not its owner's alone. Where there is no POSIX, a mode says nothing. */
export function warnWhenExposed(log: Log, what: string, path: string): void {
  if (process.platform === 'win32') return;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & OTHERS) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  log.warn(`${what} ${path} is open to others (mode ${shown}); make it yours alone: chmod 600 ${path}`);
}
