import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const pem = (name: string) => readFileSync(new URL(`../genesys/self-signed/${name}.pem`, import.meta.url));

/** An HTTPS server on loopback whose certificate nobody has signed; counts what it is asked. */
export async function selfSignedServer() {
  const asked: string[] = [];
  const server = createServer({ key: pem('key'), cert: pem('cert') }, ({ url = '' }, response) => {
    asked.push(url);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return { asked, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
