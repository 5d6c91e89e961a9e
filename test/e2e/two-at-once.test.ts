import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/simulator/random.ts';
import Database from '../../src/store/sqlite.ts';
import { aBusyProgram } from './busy-program.ts';
import type { Ended } from './child.ts';
import { aPlace, type Place } from './place.ts';
import { BACK_TO_SCHEMA_1, demandAgreement, HEADER, idOf, map, mappingOf, row, stale } from './world.ts';

const COUNT = 25;
const SEED = 20_261_124;

/** A sweep takes about a second here: with so long an answer, others come while it is at work. */
async function placeWithWork(count = COUNT): Promise<Place> {
  const place = await aPlace({ conversations: stale(count), latencyMs: [5, 60] });
  place.env.NIGHTSWEEP_CONCURRENCY = '3';
  map(place, count);
  return place;
}

/** Resolves when so many requests have come in. */
function requests(place: Place, n: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    place.simulator.intercept(() => {
      if (++seen === n) resolve();
      return null;
    });
  });
}

const outcomesOf = (place: Place) =>
  place
    .query("SELECT conversation_id FROM outcomes WHERE outcome = 'closed'")
    .map((row) => row.conversation_id);

/** Each is closed once, by whomever. */
function demandAllClosedOnce(place: Place, count = COUNT): void {
  demandAgreement(place);
  expect(outcomesOf(place)).toHaveLength(count);
  expect(place.count('close')).toBe(count);
}

describe('two sweeps at the same moment', () => {
  it('one does the work, the other says who does and exits 11', async () => {
    const place = await placeWithWork();
    const ended = await Promise.all([1, 2, 3, 4].map(() => place.run('sweep')));
    const codes = ended.map(({ code }) => code).sort();
    // One that comes when the first has just ended finds nothing to do.
    expect(codes[0]).toBe(0);
    for (const { code, stderr } of ended) {
      expect([0, 11]).toContain(code);
      if (code === 11) {
        expect(stderr).toMatch(
          /^nightsweep: Another run holds the lease: [^\n]+; wait for it, or stop it\.\n$/,
        );
      }
    }
    demandAllClosedOnce(place);
  });
});

describe('while a sweep is at work', () => {
  it('closes by id and by list are served once each, whoever serves them', async () => {
    const place = await placeWithWork();
    const random = randomStream(SEED);
    place.file('list.txt', [6, 7, 8, 20].map((n) => `${idOf(n)}\n`).join(''));
    const commands = [
      ['close', idOf(1), idOf(24), '--json'],
      ['close', idOf(24), '--json'],
      ['close', idOf(25), idOf(12), '--json'],
      ['import', 'closes', 'list.txt', '--now', '--json'],
    ];
    const sweep = place.start('sweep', '--json');
    const others: Promise<Ended>[] = [];
    for (const argv of commands) {
      await requests(place, random.int(1, 6));
      others.push(place.run(...argv));
    }
    expect((await sweep.ended).code).toBe(0);
    for (const { code, json, stderr } of await Promise.all(others)) {
      expect(code, stderr).toBe(0);
      for (const { outcome } of json.results) expect(['closed', 'already_closed']).toContain(outcome);
    }
    demandAgreement(place);
    expect(new Set(outcomesOf(place)).size).toBe(COUNT);
    expect(place.count('close')).toBe(COUNT);
    expect(place.query('SELECT * FROM close_requests WHERE settled_at IS NULL')).toEqual([]);
  });

  it('imports, holds, backups and reports go on beside it, and neither loses a row', async () => {
    const place = await placeWithWork();
    const more = Array.from({ length: 2_000 }, (_, i) => row(1_000 + i));
    place.file('more.csv', [HEADER, ...more, ''].join('\n'));
    const begun = requests(place, 3);
    const sweep = place.start('sweep', '--json', '--limit', String(COUNT));
    await begun;
    const others = await Promise.all([
      place.run('import', 'mapping', 'more.csv', '--json'),
      place.run('hold', idOf(25), '--for', '1d', '--json'),
      place.run('db', 'backup', 'copy.db'),
      place.run('report'),
      place.run('runs'),
    ]);
    expect(others.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(others[0].json.counts).toMatchObject({ accepted: 2_000 });
    await sweep.ended;
    demandAgreement(place);
    expect(place.query("SELECT count(*) AS n FROM mappings WHERE session_id LIKE 'web-%'")).toEqual([
      { n: COUNT + 2_000 },
    ]);
    const [held] = place.query(
      `SELECT state, hold_until FROM mappings WHERE conversation_id = '${idOf(25)}'`,
    );
    expect(held.hold_until).not.toBeNull();
    expect(place.count('close')).toBe(outcomesOf(place).length);
    const copy = new Database(`${place.dir}/copy.db`, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    copy.close();
  });
});

describe("while the user's own program writes without pause", () => {
  it.each([
    ['row by row', 1],
    ['a thousand rows at a time', 1_000],
  ])('%s: nobody loses a row, and nothing is closed that it had seen active', async (_how, rows) => {
    const place = await placeWithWork();
    const theirs = await aBusyProgram(place, rows, 10);
    const { code, json, stderr } = await place.run('sweep', '--json', '--limit', '400', '--accept-volume');
    const { added, touched } = await theirs.end();
    expect([0, 6], stderr).toContain(code);
    expect(json.counts).toMatchObject({ failed: 0, unconfirmed: 0 });
    demandAgreement(place);
    expect(place.query("SELECT count(*) AS n FROM mappings WHERE session_id = 'theirs'")).toEqual([
      { n: added },
    ]);
    // All of the others are closed; of those that were touched, none after that was committed.
    const closed = place.query(
      "SELECT conversation_id AS id, decided_at FROM outcomes WHERE outcome = 'closed'",
    );
    expect(closed.length).toBeGreaterThanOrEqual(COUNT - 10);
    expect(closed.filter(({ id, decided_at }) => id in touched && (touched[id] ?? '') < decided_at)).toEqual(
      [],
    );
  });
});

describe('a holder that is stopped', () => {
  it.each([
    ['with an answer under way', 'read'],
    ['between the intent and the answer to its PATCH', 'close'],
  ] as const)(
    '%s keeps the lease, and goes on where it was, even with another token',
    async (_when, route) => {
      const place = await aPlace({ conversations: stale(6), tokenLifetimeSeconds: 2 });
      place.env.NIGHTSWEEP_CONCURRENCY = '2';
      map(place, 6);
      let goOn = () => {};
      const released = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const reached = new Promise<void>((resolve) => {
        let seen = 0;
        place.simulator.intercept(async (request) => {
          if (request.route !== route || ++seen !== 2) return null;
          resolve();
          await released;
          return null;
        });
      });
      const sweep = place.start('sweep', '--json');
      await reached;
      sweep.process.kill('SIGSTOP');
      const stoppedAt = Date.now();
      goOn();
      const second = await place.run('sweep');
      expect(second.code).toBe(11);
      expect(second.stderr).toContain('Another run holds the lease: run 1 (sweep,');
      // Longer than it would verify for, and than its token lives.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, stoppedAt + 2_300 - Date.now())));
      sweep.process.kill('SIGCONT');
      expect((await sweep.ended).json).toMatchObject({ exitCode: 0, counts: { closed: 6, left: 0 } });
      expect(place.count('token')).toBeGreaterThan(1);
      demandAgreement(place);
    },
  );
});

describe('a lock that is deleted in mid-run', () => {
  it('ends the run that held it before its next close, and each is closed and recorded once', async () => {
    const place = await aPlace({ conversations: stale(8) });
    // The second one still reads when the closes of the first are let through: later they would not be known for ours.
    Object.assign(place.env, { NIGHTSWEEP_CONCURRENCY: '2', NIGHTSWEEP_VERIFY_FOR: '5s' });
    map(place, 8);
    const gates: (() => void)[] = [];
    const reached = new Promise<void>((resolve) => {
      place.simulator.intercept(async ({ route }) => {
        if (route !== 'close' || gates.length === 2) return null;
        const open = new Promise<void>((goOn) => gates.push(goOn));
        if (gates.length === 2) resolve();
        await open;
        return null;
      });
    });
    const first = place.start('sweep');
    await reached;
    rmSync(`${place.dir}/nightsweep.db-lock`);
    const second = place.start('sweep', '--json');
    await requests(place, 2);
    for (const open of gates) open();
    const [one, other] = await Promise.all([first.ended, second.ended]);
    expect(one.code).toBe(9);
    expect(one.stderr).toMatch(
      /nightsweep\.db-lock was removed or replaced|recorded by another run meanwhile/,
    );
    // Whoever comes second with what became of those two records nothing.
    expect([0, 9]).toContain(other.code);
    expect((await place.run('sweep')).code).toBe(0);
    demandAllClosedOnce(place, 8);
  });
});

describe('two of the same', () => {
  it('imports of files that overlap bring in every row once', async () => {
    const place = await aPlace();
    place.file('a.csv', mappingOf(3_000));
    const rows = Array.from({ length: 3_000 }, (_, i) => row(1_501 + i));
    place.file('b.csv', [HEADER, ...rows, ''].join('\n'));
    const ended = await Promise.all([
      place.run('import', 'mapping', 'a.csv', '--json'),
      place.run('import', 'mapping', 'b.csv', '--json'),
    ]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const accepted = ended.reduce((sum, { json }) => sum + json.counts.accepted, 0);
    expect(accepted).toBe(4_500);
    expect(place.query('SELECT count(*) AS n FROM mappings')).toEqual([{ n: 4_500 }]);
  });

  it('db migrate of a new database and of an older one happens once, with one copy of what was before', async () => {
    const place = await aPlace();
    const migrate = () => Promise.all([1, 2, 3].map(() => place.run('db', 'migrate')));
    expect((await migrate()).map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']));
    place.execute(`
      INSERT INTO mappings (conversation_id, session_id, started_at)
        VALUES ('${idOf(1)}', 'web-1', '2026-01-01T00:00:00.000Z');
      ${BACK_TO_SCHEMA_1}`);
    const ended = await migrate();
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ended.some(({ stdout }) => stdout.includes('was brought from schema 1'))).toBe(true);
    expect(place.query('SELECT session_id FROM mappings')).toEqual([{ session_id: 'web-1' }]);
    const copies = readdirSync(place.dir).filter((name) => name.includes('.backup-'));
    expect(copies.length).toBeGreaterThanOrEqual(1);
    for (const name of copies) {
      const copy = new Database(`${place.dir}/${name}`, { readonly: true });
      expect(copy.pragma('user_version', { simple: true })).toBe(1);
      expect(copy.prepare('SELECT count(*) FROM mappings').pluck().get()).toBe(1);
      copy.close();
    }
  });
});
