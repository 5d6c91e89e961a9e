import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import Database from '../../src/store/sqlite.ts';
import { aPlace } from './place.ts';
import { demandAgreement, everything, idOf, map, stale } from './world.ts';

const YAML = `source:
  file: app.db
  since: last_activity_at
  query: |
    SELECT genesys_conversation_id AS conversation_id,
           id                      AS session_id,
           created_at              AS started_at,
           last_seen_at            AS last_activity_at,
           visitor_id              AS user_id
    FROM web_sessions
    WHERE genesys_conversation_id IS NOT NULL
`;
const SQLITE = (at: number) => toIso(at).slice(0, 19).replace('T', ' ');
const COUNTS = { rows: 3, accepted: 3, changed: 0, unchanged: 0, rejected: 0 };

/** A place whose application keeps `count` sessions of two days ago in a database of its own. */
async function placeWithSource(count: number, options: Partial<SimulatorOptions> = {}) {
  const place = await aPlace(options);
  place.file('nightsweep.yaml', YAML);
  const owner = new Database(join(place.dir, 'app.db'));
  onTestFinished(() => void owner.close());
  owner.pragma('journal_mode = WAL');
  owner.exec(`CREATE TABLE web_sessions (
    id INTEGER PRIMARY KEY, genesys_conversation_id TEXT, visitor_id TEXT, created_at TEXT, last_seen_at TEXT)`);
  const insert = owner.prepare('INSERT INTO web_sessions VALUES (?, ?, ?, ?, ?)');
  owner.transaction(() => {
    const [begun, seen] = [SQLITE(Date.now() - 3 * DAY), SQLITE(Date.now() - 2 * DAY)];
    for (let n = 1; n <= count; n++) insert.run(n, idOf(n), `visitor-${n}`, begun, seen);
  })();
  return { place, owner };
}

describe('a sweep with a source', () => {
  it('begins with a sync, closes what that brought, and keeps what it shows to be active', async () => {
    const { place, owner } = await placeWithSource(3, { conversations: stale(3) });
    map(place, 1);
    owner.prepare('UPDATE web_sessions SET last_seen_at = ? WHERE id = 2').run(SQLITE(Date.now() - HOUR));
    const { code, json, stderr } = await place.runHere('sweep', '--json');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(json.source).toEqual({
      import: { id: 1, kind: 'mapping', file: 'source:app.db' },
      counts: { ...COUNTS, changed: 1 },
    });
    expect(json.counts).toMatchObject({ candidates: 2, closed: 2, left: 0 });
    expect(stderr).toContain('Synced 3 sessions from app.db (3 new or changed).');
    expect(place.query("SELECT conversation_id FROM mappings WHERE state = 'open'")).toEqual([
      { conversation_id: idOf(2) },
    ]);
    demandAgreement(place);

    const second = await place.runHere('sweep', '--json');
    expect(second.json.source.counts).toMatchObject({ accepted: 0, rejected: 0 });
    expect(second.code).toBe(0);
  });

  it('that is gone closes nothing by policy, serves a request, and ends with 5', async () => {
    const { place, owner } = await placeWithSource(2, { conversations: stale(2) });
    expect((await place.runHere('import', 'mapping', '--from-source')).code).toBe(0);
    place.file('closes.csv', `${idOf(2)}\n`);
    await place.runHere('import', 'closes', 'closes.csv');
    owner.exec('ALTER TABLE web_sessions RENAME COLUMN last_seen_at TO last_seen');
    const { code, stdout } = await place.runHere('sweep');
    expect(code).toBe(5);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'nothing is closed by policy: source.query reads the column last_seen_at, which is not there; did you mean last_seen?',
    );
    expect(place.query('SELECT conversation_id FROM outcomes')).toEqual([{ conversation_id: idOf(2) }]);
    demandAgreement(place);
  });

  it('when dry, takes nothing and says what waits, until nothing does', async () => {
    const { place } = await placeWithSource(3, { conversations: stale(3) });
    map(place, 1);
    const before = everything(place, 'runs', 'outcomes');
    const { code, json } = await place.runHere('sweep', '--dry-run', '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({ source: null, counts: { wouldClose: 1 } });
    expect(json.message).toContain('A real run would first take 3 new or changed rows of app.db');
    expect(everything(place, 'runs', 'outcomes')).toEqual(before);
    await place.runHere('import', 'mapping', '--from-source');
    const synced = await place.runHere('sweep', '--dry-run', '--json');
    expect(synced.json).toMatchObject({ counts: { wouldClose: 3 } });
    expect(synced.json.message).not.toContain('A real run');
  });
});

describe('import mapping --from-source', () => {
  it('creates the database, takes good rows, lists bad ones by key, and keeps them', async () => {
    const { place, owner } = await placeWithSource(3);
    owner.exec("UPDATE web_sessions SET genesys_conversation_id = 'none' WHERE id = 2");
    const { code, stdout } = await place.runHere('import', 'mapping', '--from-source');
    expect(code).toBe(3);
    expect(stdout).toBe(`  conversation none: invalid_id
      "none" in conversation_id is not a UUID.
Synced 3 sessions from app.db (2 new or changed, 1 rejected).
`);
    expect(place.query('SELECT kind, file, counts FROM imports')).toEqual([
      {
        kind: 'mapping',
        file: 'source:app.db',
        counts: JSON.stringify({ ...COUNTS, accepted: 2, rejected: 1 }),
      },
    ]);
    const [reject] = place.query('SELECT line, code, raw FROM import_rejects');
    expect(reject).toMatchObject({ line: 3, code: 'invalid_id' });
    expect(JSON.parse(reject.raw)).toMatchObject({ conversation_id: 'none', session_id: 2 });
    expect(place.query('SELECT DISTINCT source FROM mappings')).toEqual([{ source: 'source:app.db' }]);
    const { json } = await place.runHere('import', 'mapping', '--from-source', '--full', '--json');
    expect(json).toEqual({
      import: { id: 2, kind: 'mapping', file: 'source:app.db' },
      dryRun: false,
      rejectsFile: null,
      interruptedAtLine: null,
      counts: { rows: 3, accepted: 0, changed: 0, unchanged: 2, rejected: 1 },
      rejects: [{ key: 'conversation none', code: 'invalid_id', message: expect.any(String) }],
      exitCode: 3,
      message: 'Synced 3 sessions from app.db (0 new or changed, 1 rejected).',
    });
  });

  it('killed at any moment, is done again from where it began', async () => {
    const { place } = await placeWithSource(20_000);
    map(place, 0);
    const child = place.start('import', 'mapping', '--from-source');
    // As soon as something is in, and long before the end.
    while (place.query('SELECT count(*) AS n FROM mappings')[0].n === 0) {
      if (child.process.exitCode !== null) break;
    }
    child.process.kill('SIGKILL');
    await once(child.process, 'close');
    const [{ n }] = place.query('SELECT count(*) AS n FROM mappings');
    expect(n).toBeGreaterThan(0);
    expect(n).toBeLessThan(20_000);
    expect(place.query('SELECT * FROM sources')).toEqual([]);
    const { json } = await place.runHere('import', 'mapping', '--from-source', '--json');
    expect(json.counts).toEqual({
      rows: 20_000,
      accepted: 20_000 - n,
      changed: 0,
      unchanged: n,
      rejected: 0,
    });
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it.each<[string, string[], Record<string, string>, number, string]>([
    ['a file as well', ['--from-source', 'a.csv'], {}, 2, 'leave out a.csv, or the flag'],
    ['--full alone', ['--full', 'a.csv'], {}, 2, '--full goes with --from-source'],
    ['no source', ['--from-source', '--config', 'empty.yaml'], {}, 2, 'give source.file and source.query'],
    [
      'our own database',
      ['--from-source'],
      { NIGHTSWEEP_SOURCE_FILE: 'nightsweep.db' },
      2,
      'is a nightsweep database',
    ],
    ['no such file', ['--from-source'], { NIGHTSWEEP_SOURCE_FILE: 'no.db' }, 2, 'There is no file'],
    [
      'a file that is none of SQLite',
      ['--from-source'],
      { NIGHTSWEEP_SOURCE_FILE: 'nightsweep.yaml' },
      9,
      'is no SQLite database',
    ],
    [
      'a query that writes',
      ['--from-source'],
      { NIGHTSWEEP_SOURCE_QUERY: 'DELETE FROM web_sessions' },
      2,
      'begins with DELETE',
    ],
  ])('with %s is refused in one sentence', async (_, argv, env, exitCode, sentence) => {
    const { place } = await placeWithSource(1);
    place.file('empty.yaml', '');
    map(place, 0);
    Object.assign(place.env, env);
    const { code, stdout, stderr } = await place.runHere('import', 'mapping', ...argv);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^nightsweep: [^\n]+\n$/);
    expect(place.query('SELECT * FROM mappings')).toEqual([]);
  });
});

describe('what else shows the source', () => {
  it('doctor says whether it can be read, and config where it is', async () => {
    const { place, owner } = await placeWithSource(3);
    const check = async () =>
      (await place.runHere('doctor', '--json')).json.checks.find(
        ({ name }: { name: string }) => name === 'source',
      );
    expect(await check()).toMatchObject({
      status: 'ok',
      says: expect.stringContaining('3 rows for the next sweep'),
    });
    await place.runHere('import', 'mapping', '--from-source');
    expect(await check()).toMatchObject({ status: 'ok' });
    const { stdout } = await place.runHere('config');
    expect(stdout).toContain(`source.file           ${join(place.dir, 'app.db')}`);
    owner.exec('DROP TABLE web_sessions');
    expect(await check()).toMatchObject({
      status: 'fail',
      says: expect.stringContaining('reads the table web_sessions'),
    });
    expect((await place.runHere('doctor')).code).toBe(2);
  });
});
