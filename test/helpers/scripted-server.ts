import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What the server does with one request. `cut` and `stall`: sends this as the first half of a body; then the socket
 * dies, or nothing more ever comes.
 */
export type Scripted =
  | 'reset'
  | 'silence'
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly cut: string }
  | { readonly stall: string };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  /** Every request whose body has arrived, in order. */
  readonly received: readonly Received[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** Closes those that have nothing under way. */
  hangUp(): void;
}

/** A real HTTP server on loopback that answers as `script` says, and is gone when the test is. */
export async function scriptedServer(
  script: (request: Received, nth: number) => Scripted | Promise<Scripted>,
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const record = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    received.push(record);
    perform(response, await script(record, received.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    hangUp: () => server.closeIdleConnections(),
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
  };
}

/** An address at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export function jsonReply(value: unknown, status = 200, headers: Record<string, string> = {}): Scripted {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function perform(response: ServerResponse, scripted: Scripted): void {
  if (scripted === 'silence') return;
  if (scripted === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if ('cut' in scripted || 'stall' in scripted) {
    const [text, ends] = 'cut' in scripted ? [scripted.cut, true] : [scripted.stall, false];
    response.writeHead(200, { 'content-length': String(2 * Buffer.byteLength(text)) });
    response.write(text, () => {
      if (ends) response.socket?.destroy();
    });
    return;
  }
  response.writeHead(scripted.status ?? 200, scripted.headers ?? {});
  response.end(scripted.body ?? '');
}
