import { request } from 'node:https';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { selfSignedServer } from '../helpers/self-signed-server.ts';
import { clientFor, context, errorOf, ID, selfRunningClock } from './under-test.ts';

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
      const { url, asked } = await selfSignedServer();
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
