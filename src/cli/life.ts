import type { Life, Run } from '../domain/run.ts';
import type { Io } from './io.ts';

/**
 * What is known of the process that began a run.
 *
 * @param isOurs whether a run that has the number of this process is its own; else one before it had that number, as
 *   happens in a container
 */
export function lifeOf(
  { host, pid, startedAt }: Pick<Run, 'host' | 'pid' | 'startedAt'>,
  io: Pick<Io, 'host' | 'pid' | 'isAlive'>,
  isOurs: boolean,
): Life {
  if (host !== io.host) return 'unknown';
  const isAlive = pid === io.pid ? isOurs : io.isAlive(pid, startedAt);
  return isAlive ? 'alive' : 'dead';
}
