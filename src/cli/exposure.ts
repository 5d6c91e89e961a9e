import { statSync } from 'node:fs';
import type { Log } from '../sweep/ports.ts';

const OTHERS = 0o007;
const GROUP = 0o070;

/**
 * Warns of a file that others than its owner can read. One that is not ours was handed to us by its group, as systemd and
 * Kubernetes hand over secrets; that is no exposure. Where there is no POSIX, a mode says nothing.
 */
export function warnWhenExposed(log: Log, what: string, path: string): void {
  if (process.platform === 'win32') return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  const { mode, uid } = found;
  const isOurs = uid === process.getuid?.();
  if ((mode & (isOurs ? GROUP | OTHERS : OTHERS)) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  log.warn(`${what} ${path} is open to others (mode ${shown}); make it yours alone: chmod 600 ${path}`);
}
