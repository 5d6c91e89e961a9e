import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { type Instant, MINUTE, SECOND } from '../domain/time.ts';

/** Clocks are set, and the machine's own figures are rounded: so much later a process is still taken for that of a run. */
const LENIENCE_MS = MINUTE;
/** In which Linux tells when a process began, whatever the kernel counts in. */
const TICKS_PER_SECOND = 100;

/**
 * Whether the process with this number is there and can be the one that began something at `since`: after a restart of the
 * machine or of a container the numbers are given out anew.
 */
export function isAlive(pid: number, since: Instant, now: Instant): boolean {
  return isThere(pid) && beganAt(pid, now) <= since + LENIENCE_MS;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the system does not tell that of a process, it has begun after the system at least. */
function beganAt(pid: number, now: Instant): Instant {
  try {
    // `4711 (name) S 1 …`: the name may hold anything, and the 20th field after it is the begin.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const upMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * SECOND;
    const sinceBootMs = (ticks / TICKS_PER_SECOND) * SECOND;
    if (Number.isFinite(upMs - sinceBootMs)) return now - upMs + sinceBootMs;
  } catch {
    // Another system than Linux, or it is hidden.
  }
  return now - uptime() * SECOND;
}
