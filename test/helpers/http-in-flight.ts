import diagnostics from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

const BEGUN = 'undici:request:create';
const ENDED = ['undici:request:trailers', 'undici:request:error'];

/**
 * Counts the HTTP requests of undici in this process that are not answered to the end, from now until the test is
 * finished: what a clock that runs by itself must wait for.
 *
 * @param isOurs tells by its origin whether a request counts
 */
export function httpInFlight(
  atEnd: (cleanUp: () => void) => void = onTestFinished,
  isOurs: (origin: string) => boolean = () => true,
): () => number {
  const open = new Set<unknown>();
  const begin = (message: unknown) => {
    const request = requestOf(message);
    if (isOurs(String(request.origin))) open.add(request);
  };
  const end = (message: unknown) => open.delete(requestOf(message));
  diagnostics.subscribe(BEGUN, begin);
  for (const name of ENDED) diagnostics.subscribe(name, end);
  atEnd(() => {
    diagnostics.unsubscribe(BEGUN, begin);
    for (const name of ENDED) diagnostics.unsubscribe(name, end);
  });
  return () => open.size;
}

function requestOf(message: unknown): { readonly origin: unknown } {
  return (message as { request: { origin: unknown } }).request;
}
