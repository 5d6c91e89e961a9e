import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import Database from '../../src/store/sqlite.ts';
import { preload } from './child.ts';
import { aSmallDisk, demandEveryCloseOnRecord, demandRecovery, demandRefusal, mount } from './disk.ts';
import { aPlace, type Place } from './place.ts';
import { demandAgreement, everything, map, stale } from './world.ts';

/** Far more than are ever in flight, so that one that goes on is told from one that stops. */
const COUNT = 30;
/** What root could do in spite of every permission. */
const MAY_NOT_OVERRIDE = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];

async function placeWithWork(): Promise<Place> {
  const place = await aPlace({ conversations: stale(COUNT) });
  map(place, COUNT);
  return place;
}

/** As anybody but root, for whom rights are no obstacle. */
function obeyRights(place: Place): void {
  if (process.getuid?.() === 0) place.through = MAY_NOT_OVERRIDE;
}

/** Calls `happen` when the nth close has come in, before it is carried out. */
function atClose(place: Place, nth: number, happen: () => void): void {
  place.simulator.intercept(({ route }) => {
    if (route === 'close' && place.count('close') === nth) happen();
    return null;
  });
}

describe('a place where nothing may be written', () => {
  it.each([
    ['the database', '', 0o400, /nightsweep\.db cannot be opened \(EACCES\); check the path and its rights/],
    ['the folder', 'folder', 0o555, /cannot be (?:written|opened|opened \(EACCES\)); check the/],
    [
      'the lock file',
      '-lock',
      0o400,
      /nightsweep\.db-lock cannot be opened \(EACCES\); check the path and its rights/,
    ],
  ] as const)('%s: the sweep asks Genesys for nothing to close', async (_what, file, mode, says) => {
    const place = await placeWithWork();
    const path = file === 'folder' ? place.dir : `${place.database}${file}`;
    if (file === '-lock') writeFileSync(path, '');
    obeyRights(place);
    chmodSync(path, mode);
    const ended = await place.run('sweep');
    chmodSync(path, file === 'folder' ? 0o755 : 0o600);
    demandRefusal(ended, says, place.database);
    expect(place.count('read') + place.count('close')).toBe(0);
    await demandRecovery(place, COUNT);
  });

  it('a file system that is mounted read-only', async () => {
    const { place } = await aSmallDisk({ conversations: stale(2) });
    map(place, 2);
    const folder = join(place.dir, 'disk');
    const isMounted = mount('-o', 'remount,ro', folder);
    // Where none can be mounted it is the same to the program when it may not write there.
    if (!isMounted) {
      obeyRights(place);
      chmodSync(folder, 0o555);
    }
    demandRefusal(await place.run('sweep'), /check the/, place.database);
    demandRefusal(await place.run('import', 'mapping', '-'), /check the/, place.database);
    if (isMounted) mount('-o', 'remount,rw', folder);
    else chmodSync(folder, 0o755);
    await demandRecovery(place, 2);
  });
});

describe('a database that another program keeps locked', () => {
  /** Another program's transaction, until it is told to end. */
  function lock(place: Place): () => void {
    const db = new Database(place.database, { timeout: 60_000 });
    onTestFinished(() => void db.close());
    db.exec('BEGIN IMMEDIATE');
    return () => db.exec('COMMIT');
  }
  const LOCKED =
    /Another program keeps the database [^\n]+ locked; let it commit its transaction, then run again\./;

  it('from before the sweep', async () => {
    const place = await placeWithWork();
    Object.assign(place.env, preload('short-waits'));
    const unlock = lock(place);
    demandRefusal(await place.run('sweep'), LOCKED, place.database);
    expect(place.count('close')).toBe(0);
    unlock();
    await demandRecovery(place, COUNT);
  });

  it('in mid-run, for longer than anybody waits: nothing more is closed, and what was is on record', async () => {
    const place = await placeWithWork();
    Object.assign(place.env, preload('short-waits'));
    let unlock = () => {};
    atClose(place, 4, () => {
      unlock = lock(place);
    });
    demandRefusal(await place.run('sweep'), LOCKED, place.database);
    expect(place.count('close')).toBeLessThan(COUNT);
    unlock();
    demandEveryCloseOnRecord(place);
    await demandRecovery(place, COUNT);
  });

  it('in mid-run, for a while: the sweep waits and does all', async () => {
    const place = await placeWithWork();
    atClose(place, 4, () => {
      setTimeout(lock(place), 300);
    });
    expect((await place.run('sweep')).code).toBe(0);
    demandAgreement(place);
  });
});

describe('a database that is damaged', () => {
  const DAMAGED = /is damaged; go back to a backup\.$/;

  /** Overwrites a part of the file, or of the page on which a table or index begins. */
  function damage(place: Place, where: string | { offset: number; bytes: number }): void {
    const db = new Database(place.database);
    db.pragma('journal_mode = DELETE');
    const pageSize = db.pragma('page_size', { simple: true }) as number;
    const root =
      typeof where === 'string'
        ? (db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(where) as number)
        : 0;
    db.close();
    const { offset, bytes } =
      typeof where === 'string' ? { offset: (root - 1) * pageSize, bytes: pageSize } : where;
    const file = openSync(place.database, 'r+');
    writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, offset);
    closeSync(file);
  }

  it.each([
    ['the page of the mappings', 'mappings', DAMAGED],
    ['the page of the runs', 'runs', DAMAGED],
    ['the page of the intents', 'intents', DAMAGED],
    ['an index', 'mappings_due', DAMAGED],
    ['the schema', { offset: 100, bytes: 3_000 }, DAMAGED],
    ['the header', { offset: 0, bytes: 100 }, /is not a nightsweep database; name the right one with --db/],
  ] as const)('in %s: nothing is closed, and a backup goes on where it was', async (_what, where, says) => {
    const place = await placeWithWork();
    copyFileSync(place.database, `${place.database}.good`);
    damage(place, where);
    const ended = await place.run('sweep');
    demandRefusal(ended, says, place.database);
    expect(place.count('close')).toBe(0);
    renameSync(`${place.database}.good`, place.database);
    for (const suffix of ['-wal', '-shm']) rmSync(`${place.database}${suffix}`, { force: true });
    await demandRecovery(place, COUNT);
  });

  it('where it is only written to: stops at the first outcome, whose close is on record as intended', async () => {
    const place = await placeWithWork();
    damage(place, 'outcomes');
    demandRefusal(await place.run('sweep'), DAMAGED, place.database);
    const closed = place.simulator.log.filter(({ route }) => route === 'close');
    expect(closed.length).toBeLessThan(COUNT);
    const intended = place.query('SELECT conversation_id AS id FROM intents').map(({ id }) => id);
    expect(intended).toEqual(expect.arrayContaining(closed.map(({ conversationId }) => conversationId)));
  });

  it('by being cut short', async () => {
    const place = await placeWithWork();
    copyFileSync(place.database, `${place.database}.good`);
    truncateSync(place.database, 3 * 4_096);
    demandRefusal(await place.run('sweep'), DAMAGED, place.database);
    expect(place.count('close')).toBe(0);
    renameSync(`${place.database}.good`, place.database);
    await demandRecovery(place, COUNT);
  });
});

describe('files that come and go', () => {
  it.each(['-wal', '-shm'])('%s removed in mid-run: the sweep stops, and nothing is lost', async (suffix) => {
    const place = await placeWithWork();
    atClose(place, 4, () => rmSync(`${place.database}${suffix}`));
    const ended = await place.run('sweep');
    demandRefusal(
      ended,
      /was removed or replaced while the database was in use; find out by whom/,
      `nightsweep.db${suffix}`,
    );
    expect(place.count('close')).toBeLessThan(COUNT);
    demandEveryCloseOnRecord(place);
    await demandRecovery(place, COUNT);
  });

  it('the database replaced by another in mid-run: the sweep stops, and goes on when it is back', async () => {
    const place = await placeWithWork();
    const kept = join(place.dir, 'kept');
    atClose(place, 4, () => {
      mkdirSync(kept);
      for (const suffix of ['', '-wal', '-shm']) {
        renameSync(`${place.database}${suffix}`, join(kept, `nightsweep.db${suffix}`));
      }
      writeFileSync(place.database, '');
    });
    demandRefusal(
      await place.run('sweep'),
      /was removed or replaced while it was in use; put it back/,
      place.database,
    );
    expect(place.count('close')).toBeLessThan(COUNT);
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(`${place.database}${suffix}`, { force: true });
      try {
        renameSync(join(kept, `nightsweep.db${suffix}`), `${place.database}${suffix}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOENT' });
      }
    }
    demandEveryCloseOnRecord(place);
    await demandRecovery(place, COUNT);
  });

  it('a log that a killed process has left is taken up, with everything that was committed', async () => {
    const place = await placeWithWork();
    place.simulator.intercept(({ route }) =>
      route === 'close' && place.count('close') > 3 ? 'timeout' : null,
    );
    place.env.NIGHTSWEEP_CONCURRENCY = '1';
    const sweep = place.start('sweep');
    while (place.count('close') < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    sweep.process.kill('SIGKILL');
    await sweep.ended;
    // As after a crash: nobody has opened it since, and all that the sweep wrote is in its log.
    const before = new Database(place.database, { readonly: true });
    expect(before.prepare('SELECT count(*) FROM outcomes').pluck().get()).toBe(3);
    before.close();
    demandEveryCloseOnRecord(place);
    expect((await place.run('db', 'check')).code).toBe(0);
    await demandRecovery(place, COUNT);
    expect(everything(place)).toMatchObject({ intents: [] });
  });

  it.each([
    [
      'a directory',
      (path: string): void => void mkdirSync(path),
      /is not a file, so it cannot be a database; name one with --db/,
    ],
    [
      'an empty file',
      (path: string): void => writeFileSync(path, ''),
      /is empty; restore it, or fill it with/,
    ],
    [
      'a link to nowhere',
      (path: string): void => symlinkSync('nowhere', path),
      /is a link to a file that is not there; mend the link/,
    ],
    [
      "another program's",
      (path: string): void => void new Database(path).exec('CREATE TABLE theirs (x)').close(),
      /is a database of another program; name the right one/,
    ],
    [
      'of a newer version',
      (path: string): void => {
        const db = new Database(path);
        db.exec('CREATE TABLE x (x); PRAGMA application_id = 1853060976; PRAGMA user_version = 999');
        db.close();
      },
      /was written by a newer nightsweep \(schema 999, this one knows \d+\); upgrade nightsweep/,
    ],
  ] as const)('%s in its place is left as it is', async (_what, make, says) => {
    const place = await aPlace();
    make(place.database);
    // Every command opens it by the same function, whose modes are tested where it is.
    demandRefusal(await place.run('sweep'), says, place.database);
    expect(place.count('close')).toBe(0);
  });
});
