import { HOUR, MINUTE, SECOND } from '../domain/time.ts';
import type { Random } from '../sweep/ports.ts';

/** After trouble that is everybody's: 1, 2, 4, … seconds up to five minutes, each a quarter more or less. */
export function troubleWaitMs(failures: number, random: Random): number {
  return doubled(SECOND, failures - 1, 5 * MINUTE, random);
}

/** After trouble with one conversation: 1, 2, 4, … minutes up to an hour, each a quarter more or less. */
export function retryWaitMs(attempts: number, random: Random): number {
  return doubled(MINUTE, attempts, HOUR, random);
}

/** Spread, so that what failed together does not return together. */
function doubled(firstMs: number, times: number, mostMs: number, random: Random): number {
  return Math.min(mostMs, firstMs * 2 ** times) * (0.75 + random() / 2);
}
