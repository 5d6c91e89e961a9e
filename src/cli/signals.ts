import { ExpectedError } from '../domain/errors.ts';
import type { Io } from './io.ts';

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens to the process: the first signal asks to stop, a second one ends it at once.
 *
 * @param graceMs after this long a run stops waiting for what it has in hand; the next one finds out what became of it
 */
export function listenForInterrupts(graceMs = 0): ReturnType<Io['listenForInterrupts']> {
  const stop = new AbortController();
  const abort = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const on = (signal: keyof typeof EXIT_CODE) => {
    if (stop.signal.aborted) process.exit(EXIT_CODE[signal]);
    stop.abort(EXIT_CODE[signal]);
    const reason = new ExpectedError('Interrupted; run again to go on.', EXIT_CODE[signal]);
    grace = setTimeout(() => abort.abort(reason), graceMs);
    grace.unref();
  };
  process.on('SIGINT', on);
  process.on('SIGTERM', on);
  return {
    interrupts: { stop: stop.signal, abort: abort.signal },
    unlisten: () => {
      clearTimeout(grace);
      process.off('SIGINT', on);
      process.off('SIGTERM', on);
    },
  };
}
