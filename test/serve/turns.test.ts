import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { toIso } from '../../src/domain/time.ts';
import { HttpProblem } from '../../src/serve/problem.ts';
import { createTurns } from '../../src/serve/turns.ts';
import Database from '../../src/store/sqlite.ts';
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

describe('writes that come together', () => {
  const problem = new HttpProblem(409, 'x', 'It is so.');
  const fails = (error: Error) => () => {
    throw error;
  };

  /** Turns on a record that tells what is committed, and how often. */
  function aRecord() {
    let depth = 0;
    let pending: string[] = [];
    const committed: string[][] = [];
    const record = {
      atomically: <T>(fn: () => T): T => {
        const before = [...pending];
        depth += 1;
        try {
          const result = fn();
          if (depth === 1) committed.push(pending.splice(0));
          return result;
        } catch (error) {
          pending = before;
          throw error;
        } finally {
          depth -= 1;
        }
      },
    };
    const clock = { now: () => T0, sleep: async () => {} };
    const turns = createTurns({ record, clock, limit: 1_000, patienceMs: 0 });
    const put = (name: string, then: () => void = () => {}) =>
      turns
        .write(() => {
          pending.push(name);
          then();
          return name;
        })
        .then(
          (value) => ({ value, wasCommitted: committed.flat().includes(name) }),
          (error) => ({ error }),
        );
    return { committed, put };
  }

  it('share a commit, in their order, and are answered when it is done', async () => {
    const { committed, put } = aRecord();
    const names = Array.from({ length: 120 }, (_, i) => String(i));
    const said = await Promise.all(names.map((name) => put(name)));
    expect(said).toEqual(names.map((value) => ({ value, wasCommitted: true })));
    expect(committed.flat()).toEqual(names);
    expect(committed.length).toBeLessThan(5);
  });

  it('are not touched by one among them that is refused', async () => {
    const { committed, put } = aRecord();
    const said = await Promise.all([put('a'), put('b', fails(problem)), put('c')]);
    expect(said[1]).toEqual({ error: problem });
    expect(committed).toEqual([['a', 'c']]);
  });

  it('are done each by itself when the database refuses one of them', async () => {
    const { committed, put } = aRecord();
    const error = new DatabaseError('refused a row');
    const said = await Promise.all([put('a'), put('b', fails(error)), put('c')]);
    expect(said).toMatchObject([{ value: 'a' }, { error }, { value: 'c' }]);
    expect(committed).toEqual([['a'], ['c']]);
  });
});
