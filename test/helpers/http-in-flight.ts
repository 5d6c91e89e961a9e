import diagnostics from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

const BEGUN = 'undici:request:create';
const ENDED = ['undici:request:trailers', 'undici:request:error'];

/**
 * Counts the HTTP requests of undici in this process that are not answered to the end, from now until the test is
 * finished: what a clock that runs by itself must wait for.
 */
export function httpInFlight(): () => number {
  const open = new Set<unknown>();
  const begin = (message: unknown) => open.add(requestOf(message));
  const end = (message: unknown) => open.delete(requestOf(message));
  diagnostics.subscribe(BEGUN, begin);
  for (const name of ENDED) diagnostics.subscribe(name, end);
  onTestFinished(() => {
    diagnostics.unsubscribe(BEGUN, begin);
    for (const name of ENDED) diagnostics.unsubscribe(name, end);
  });
  return () => open.size;
}

function requestOf(message: unknown): unknown {
  return (message as { request: unknown }).request;
}
