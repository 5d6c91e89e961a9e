import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { toIso } from '../../src/domain/time.ts';
import { T0 } from '../store/fixtures.ts';
import { aServer, type Server } from './running.ts';

const PAIR = '/sessions/web-1/conversations/3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b';
const body = { startedAt: toIso(T0) };

/** Another program that has begun to write. */
function lock({ path }: Server): Database.Database {
  const user = new Database(path);
  user.exec('BEGIN IMMEDIATE');
  return user;
}

describe('while another program writes', () => {
  it('a write waits, reads go on, and it is done when the lock is free', async () => {
    const server = await aServer({ patienceMs: Number.POSITIVE_INFINITY });
    const user = lock(server);
    let done = false;
    const put = server.send('PUT', PAIR, { body }).finally(() => {
      done = true;
    });
    for (let i = 0; i < 5; i++) {
      expect((await server.send('GET', '/sessions/web-1')).status).toBe(404);
    }
    expect(done).toBe(false);
    user.exec('COMMIT');
    user.close();
    expect((await put).status).toBe(201);
  });

  it('for too long, nothing is written and clients are told to come back', async () => {
    const server = await aServer({ patienceMs: 20 });
    const user = lock(server);
    const said = await server.send('PUT', PAIR, { body });
    expect(said).toMatchObject({ status: 503, json: { code: 'database_busy' } });
    expect((await server.send('GET', '/readyz')).status).toBe(503);
    user.exec('COMMIT');
    user.close();
    expect((await server.send('GET', '/readyz')).status).toBe(200);
    expect((await server.send('PUT', PAIR, { body })).status).toBe(201);
  });

  it('no more writes wait than are permitted', async () => {
    const server = await aServer({ writes: 3, patienceMs: Number.POSITIVE_INFINITY });
    const user = lock(server);
    const statuses: number[] = [];
    const puts = Array.from({ length: 10 }, async () => {
      statuses.push((await server.send('PUT', PAIR, { body })).status);
      // Those that are refused are told before the others go on.
      if (statuses.length === 7) user.exec('COMMIT');
    });
    await Promise.all(puts);
    user.close();
    expect(statuses.slice(0, 7)).toEqual(Array(7).fill(429));
    expect(statuses.slice(7).sort()).toEqual([200, 200, 201]);
    expect((await server.send('PUT', PAIR, { body })).status).toBe(200);
  });
});
