import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clientFor, context, errorOf, ID, selfRunningClock } from './under-test.ts';

const pem = (name: string) => readFileSync(new URL(`./self-signed/${name}.pem`, import.meta.url));

/** An HTTPS server on loopback whose certificate nobody has signed; counts what it is asked. */
async function selfSigned() {
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

/** The status that Node's own client gets, which does believe the environment. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('a certificate that nobody vouches for', () => {
  it.each([undefined, '0'])(
    'is refused before a secret is sent, with NODE_TLS_REJECT_UNAUTHORIZED=%s',
    async (off) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', off);
      onTestFinished(() => void vi.unstubAllEnvs());
      const { url, asked } = await selfSigned();
      const client = clientFor(url, selfRunningClock());
      const error = await errorOf(client.conversations.close(ID, context()));
      expect(String(error)).toMatch(/cannot be reached \(.*certificate.*\)/);
      expect(error).toMatchObject({ exitCode: 8, cause: { failure: 'never_sent' } });
      expect(asked).toEqual([]);

      const others = statusOf(`${url}/by-others`);
      await (off === '0' ? expect(others).resolves.toBe(200) : expect(others).rejects.toThrow());
    },
  );
});
