import { ExpectedError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/** A terminal that is closed ends a run as SIGTERM does. */
const EXIT_CODE = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const;
const SIGNALS = Object.keys(EXIT_CODE) as (keyof typeof EXIT_CODE)[];

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
  for (const signal of SIGNALS) process.on(signal, on);
  return {
    interrupts: { stop: stop.signal, abort: abort.signal },
    unlisten: () => {
      clearTimeout(grace);
      for (const signal of SIGNALS) process.off(signal, on);
    },
  };
}
