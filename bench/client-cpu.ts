import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { run, TSX } from './measure.ts';
import { conversationView } from './reply.ts';

const PROGRAM = resolve(import.meta.dirname, 'programs/client-cpu.ts');

export interface ClientCpuResult {
  readonly requests: number;
  readonly oursUs: number;
  readonly bareUs: number;
}

/** CPU time of the process for each request; the server is another process, and answers at once. */
export async function measureClientCpu({
  folder,
  requests,
  say,
}: {
  folder: string;
  requests: number;
  say: (text: string) => void;
}): Promise<ClientCpuResult> {
  say(`client: ${requests} requests …`);
  const reply = JSON.stringify(conversationView());
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    const isToken = request.url === '/oauth/token';
    response.end(isToken ? '{"access_token":"bench","token_type":"bearer","expires_in":86400}' : reply);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const cpu = async (which: string) => {
      const { stdout } = await run(
        process.execPath,
        [...TSX, PROGRAM, which, url, String(requests)],
        {},
        folder,
      );
      return (JSON.parse(stdout) as { cpuUsPerRequest: number }).cpuUsPerRequest;
    };
    return { requests, oursUs: await cpu('ours'), bareUs: await cpu('bare') };
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}
