import { describe, expect, it } from 'vitest';
import { EXIT, SourceError } from '../../src/domain/errors.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import type { Sync } from '../../src/sweep/ports.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { mappingOf, night } from './night.ts';

const ID = idOf(1);
const ASKED = idOf(2);

const GONE = new SourceError('There is no file app.db; name it in source.file.', EXIT.usage);
const COUNTS = { rows: 3, accepted: 2, changed: 0, unchanged: 1, rejected: 0 };
const SYNCED = {
  importId: 7,
  file: 'source:app.db',
  counts: COUNTS,
  message: 'Synced 3 sessions from app.db.',
};

function syncThat(run: Sync['run'], waiting: Sync['waiting'] = async () => 12): Sync {
  return { name: 'app.db', run, waiting };
}

const fails = () => {
  throw GONE;
};

function world() {
  return night({ conversations: [1, 2].map((n) => conversation(n, 'waiting_in_queue', 2 * DAY)) });
}

describe('a sweep with a source', () => {
  it('reads it before it selects: what it brings is what is decided by', async () => {
    const n = await world();
    const record = n.world.get(ID);
    const sync = syncThat(async () => {
      if (record === null) return null;
      const fresh = { ...mappingOf(record), lastActivityAt: n.clock.now() - HOUR };
      n.store.intake.putMappings([fresh], 'source:app.db', n.clock.now());
      return SYNCED;
    });
    const report = await n.sweep({}, { sync });
    expect(report.exitCode).toBe(0);
    expect(report.synced).toEqual(SYNCED);
    expect(report.counts.candidates).toBe(1);
    expect(n.account(ID).reads).toBe(0);
    expect(n.story(ASKED)).toEqual(['closed/stale_unanswered']);
    expect(n.notes).toContain(SYNCED.message);
  });

  it('that cannot be read closes nothing by policy, serves requests, and says so with exit code 5', async () => {
    const n = await world();
    n.request([ASKED]);
    const report = await n.sweep({}, { sync: syncThat(fails) });
    expect(report.exitCode).toBe(5);
    expect(report.run.state).toBe('refused');
    expect(report.message).toContain(
      'The mapping is not up to date, so nothing is closed by policy: There is no file app.db; name it in source.file.',
    );
    expect(report.synced).toBeNull();
    expect(n.story(ASKED)).toEqual(['closed/requested']);
    expect([n.story(ID), n.account(ID).patches]).toEqual([[], 0]);
    expect(n.agreement()).toEqual([]);
    // The next night, when it can be read again, does the rest.
    expect((await n.sweep({}, { sync: syncThat(async () => SYNCED) })).counts.closed).toBe(1);
  });

  it('of which rows were rejected ends with 3 and says where they are listed', async () => {
    const n = await world();
    const rejected = { ...SYNCED, counts: { ...COUNTS, rejected: 3 } };
    const report = await n.sweep({}, { sync: syncThat(async () => rejected) });
    expect(report.exitCode).toBe(3);
    expect(report.counts.closed).toBe(2);
    expect(report.message).toContain(
      '3 rows of app.db were rejected: nightsweep import mapping --from-source --full lists them.',
    );
  });

  it('for requests alone does not read it', async () => {
    const n = await world();
    n.request([ASKED]);
    const report = await n.sweep({ onlyRequested: true }, { sync: syncThat(fails, fails) });
    expect(report).toMatchObject({ exitCode: 0, synced: null, counts: { closed: 1 } });
  });

  it('takes no work when it is interrupted meanwhile', async () => {
    const n = await world();
    const stop = new AbortController();
    const sync = syncThat(async (mayGoOn) => {
      expect(mayGoOn()).toBe(true);
      stop.abort(EXIT.interrupted);
      expect(mayGoOn()).toBe(false);
      return null;
    });
    const report = await n.sweep({}, { sync, stop: stop.signal });
    expect(report).toMatchObject({ exitCode: 130, synced: null, counts: { closed: 0, left: 2 } });
  });

  it('any other error than one of the source ends it', async () => {
    const n = await world();
    const sync = syncThat(async () => {
      throw new Error('a bug');
    });
    await expect(n.sweep({}, { sync })).rejects.toThrow('a bug');
    expect(n.account(ID).patches).toBe(0);
  });
});

describe('a dry run with a source', () => {
  it.each([
    [
      12,
      'A real run would first take 12 new or changed rows of app.db, without which this may be wrong: nightsweep import mapping --from-source does that.',
    ],
    [1, 'A real run would first take 1 new or changed row of app.db,'],
  ])('does not take %i rows that wait, and says so', async (waiting, sentence) => {
    const n = await world();
    const report = await n.dryRun({}, { sync: syncThat(fails, async () => waiting) });
    expect(report).toMatchObject({ exitCode: 0, synced: null, counts: { wouldClose: 2 } });
    expect(report.message).toContain(sentence);
  });

  it('that cannot be read says that a real run would be refused', async () => {
    const n = await world();
    const report = await n.dryRun({}, { sync: syncThat(fails, fails) });
    expect(report.exitCode).toBe(0);
    expect(report.message).toContain('A real run would be refused: There is no file app.db');
  });
});
