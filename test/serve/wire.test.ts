import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/serve/limits.ts';
import { isLoopback } from '../../src/serve/server.ts';
import { aServer } from './running.ts';

/** What comes back when these bytes are sent and the other side hangs up. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return said;
}

describe('what is no proper HTTP', () => {
  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400],
    ['a second length', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'two framings',
      'POST /closures HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(LIMITS.headerBytes)}\r\n\r\n`, 431],
  ])('such as %s is refused, and its connection closed', async (_what, text, status) => {
    const server = await aServer();
    const said = await raw(server.url, text);
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(said.toLowerCase()).toContain('connection: close');
    expect((await server.send('GET', '/healthz')).status).toBe(200);
  });

  it('is a problem too', async () => {
    const server = await aServer();
    const [head = '', body = ''] = (await raw(server.url, 'GARBAGE\r\n\r\n')).split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['::ffff:10.0.0.1', false],
])('%s is on loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
