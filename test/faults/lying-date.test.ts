import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { night, SETTINGS } from '../sweep/night.ts';

const LIVELY = idOf(2);

/** Something in between whose clock is wrong for one conversation's answers: a port that passes all on to `port`. */
async function proxy(port: number, wrongBy: number): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { url: path, method, headers } = incoming;
    const onwards = request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      const told = Date.parse(String(answer.headers.date));
      const date = new Date(path?.includes(LIVELY) ? told + wrongBy : told).toUTCString();
      outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
      answer.pipe(outgoing);
    });
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['kept/active_recently', 30 * HOUR, false],
  ['kept/active_recently', -30 * HOUR, false],
  ['kept/active_since_request', 30 * HOUR, true],
  ['kept/active_since_request', -30 * HOUR, true],
])(
  'one answer whose Date alone is wrong closes nothing: %s (%i ms, asked for: %s)',
  async (expected, wrongBy, asked) => {
    const n = await night({
      conversations: [1, 2].map((i) => conversation(i, 'agent_customer_silent', i * 2 * DAY)),
    });
    if (asked) n.request([LIVELY]);
    n.world.touch(LIVELY, 'customer', n.clock.now() + (asked ? 10 * SECOND : -HOUR));
    n.clock.jump(60 * SECOND);
    const policy = { ...SETTINGS.policy, awaitingAgent: 'close' as const };
    await n.sweep({ concurrency: 1, policy }, { apiUrl: await proxy(n.port, wrongBy) });
    expect(n.story(LIVELY)).toEqual([expected]);
    expect(n.account(LIVELY).patches).toBe(0);
  },
);
