import { expect, it } from 'vitest';
import type { Attempted } from '../../src/metrics/ports.ts';
import { context, ID, underTest } from './under-test.ts';

const MESSAGE = '/api/v2/conversations/messages/{id}';

/** What a client tells of itself, on a simulator. */
async function watchedClient() {
  const attempts: Attempted[] = [];
  const told = { waited: 0, retried: 0, gaveUp: 0 };
  const observer = {
    attempted: (attempt: Attempted) => void attempts.push(attempt),
    waited: () => void told.waited++,
    retried: () => void told.retried++,
    gaveUp: () => void told.gaveUp++,
  };
  const part = await underTest({ client: { observer } });
  const statuses = () => attempts.map(({ method, route, status }) => `${method} ${route} ${status}`);
  return { ...part, attempts, told, statuses };
}

it('tells every attempt by its kind, and never names a conversation', async () => {
  const { client, statuses, attempts, told, failNext } = await watchedClient();
  failNext('read', '503', 'reset_after', '429');
  await client.conversations.read(ID, context());
  await client.conversations.close(ID, context());
  await client.survey?.endedOf([ID], context());
  expect(statuses()).toEqual([
    'POST /oauth/token 200',
    `GET ${MESSAGE} 503`,
    `GET ${MESSAGE} lost`,
    `GET ${MESSAGE} 429`,
    `GET ${MESSAGE} 200`,
    `PATCH ${MESSAGE} 200`,
    'GET /api/v2/analytics/conversations/details 200',
  ]);
  expect(JSON.stringify(attempts)).not.toContain(ID);
  expect(told).toEqual({ waited: attempts.length, retried: 3, gaveUp: 0 });
  expect(attempts.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

it('tells what was never sent, and that it gave up', async () => {
  const { client, simulator, statuses, told } = await watchedClient();
  await client.conversations.read(ID, context());
  await simulator.stop();
  for (let i = 0; i < 12; i++) await client.conversations.read(ID, context()).catch(() => {});
  expect(statuses().at(-1)).toBe(`GET ${MESSAGE} never_sent`);
  expect(told.gaveUp).toBeGreaterThan(0);
});
