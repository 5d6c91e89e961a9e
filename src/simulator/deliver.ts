import type { ServerResponse } from 'node:http';
import { DAY, SECOND } from '../domain/time.ts';
import type { Mishap, Packed } from './faults.ts';

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** Slow enough that no body is whole in a time-out, quick enough that no pause between two bytes is one. */
const DRIP_MS = 4 * SECOND;

/** Lets a client meet with what was drawn for it. Rejects when the signal aborts or the client leaves meanwhile. */
export async function deliver(
  response: ServerResponse,
  mishap: Mishap,
  headers: Readonly<Record<string, string>>,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const until = AbortSignal.any([signal, left.signal]);
  switch (mishap) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang_up':
      response.socket?.destroy();
      return;
    case 'silence':
      return sleep(DAY, until);
  }
  if (!('spoilt' in mishap)) {
    begin(response, mishap, headers).end(mishap.body);
    return;
  }
  const { spoilt, reply } = mishap;
  const body = Buffer.from(reply.body);
  begin(response, reply, headers);
  if (spoilt === 'drip') {
    for (let at = 0; at < body.length - 1; at++) {
      response.write(body.subarray(at, at + 1));
      await sleep(DRIP_MS, until);
    }
    return sleep(DAY, until);
  }
  await new Promise((resolve) => response.write(body.subarray(0, Math.floor(body.length / 2)), resolve));
  if (spoilt === 'stall') return sleep(DAY, until);
  response.socket?.destroy();
}

function begin(response: ServerResponse, reply: Packed, headers: Readonly<Record<string, string>>) {
  return response.writeHead(reply.status, {
    ...headers,
    ...reply.headers,
    'Content-Length': String(Buffer.byteLength(reply.body)),
  });
}
