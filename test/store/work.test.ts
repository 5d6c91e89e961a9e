import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import type { PageKey } from '../../src/sweep/ports.ts';
import { id, intend, intent, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

let db: ReturnType<typeof tempStore>;
let runId: number;
beforeEach(() => {
  db = tempStore();
  runId = db.store.runs.begin(newRun());
});

const NOW = T0 + 100 * HOUR;
const due = () => ({ cutoff: NOW, now: NOW, runId });
const at = (hours: number) => toIso(T0 + hours * HOUR);

/** Adds mappings whose activity is so many hours after T0. */
function addActive(...hours: number[]): void {
  db.store.intake.putMappings(
    hours.map((hour, n) => mappingRow(n + 1, { lastActivityAt: T0 + hour * HOUR })),
    'csv',
    T0,
  );
}

function setMapping(n: number, columns: string): void {
  expect(db.user.prepare(`UPDATE mappings SET ${columns} WHERE conversation_id = ?`).run(id(n)).changes).toBe(
    1,
  );
}

function pages(size: number): string[] {
  const found: string[] = [];
  let after: PageKey | null = null;
  for (;;) {
    const page: PageKey[] = db.store.work.pageDue(due(), after, size);
    found.push(...page.map((key) => key.conversationId));
    after = page.at(-1) ?? null;
    if (after === null) return found;
  }
}

const request = (n: number, origin = 'cli', hours = 0) =>
  db.store.intake.requestCloses(
    [{ conversationId: id(n), reason: null, origin, force: false }],
    T0 + hours * HOUR,
  )[0]?.requestId;

describe('due mappings', () => {
  it('come oldest activity first, equal ones by id, whatever the size of the pages', () => {
    addActive(5, 3, 4, 3, 3, 9, 1);
    const expected = [7, 2, 4, 5, 3, 1, 6].map(id);
    for (const size of [1, 2, 3, 7, 100]) expect(pages(size)).toEqual(expected);
    expect(db.store.work.countDue(due())).toBe(7);
  });

  it('are placed by their start where activity is unknown', () => {
    db.store.intake.putMappings(
      [
        mappingRow(1, { startedAt: T0 + 2 * HOUR }),
        mappingRow(2, { lastActivityAt: T0 + HOUR }),
        mappingRow(3, { lastActivityAt: T0 + 3 * HOUR }),
      ],
      'csv',
      T0,
    );
    expect(pages(2)).toEqual([2, 1, 3].map(id));
    expect(db.store.work.pageDue(due(), null, 2)).toEqual([
      { at: T0 + HOUR, conversationId: id(2) },
      { at: T0 + 2 * HOUR, conversationId: id(1) },
    ]);
  });

  it('are those before the cutoff, and not those at it', () => {
    addActive(99, 100, 101);
    expect(pages(10)).toEqual([id(1)]);
    expect(db.store.work.countDue(due())).toBe(1);
  });

  it('are not on hold; a hold that ends now no longer counts', () => {
    addActive(1, 2, 3);
    setMapping(1, `hold_until = '${toIso(NOW + 1)}'`);
    setMapping(2, `hold_until = '${toIso(NOW)}'`);
    expect(pages(10)).toEqual([2, 3].map(id));
    expect(db.store.work.countDue(due())).toBe(2);
  });

  it('have no outcome in this run yet; those of other runs do not matter', () => {
    addActive(1, 2);
    const other = db.store.runs.begin(newRun());
    db.store.ledger.record(runId, outcome(1), null, T0);
    db.store.ledger.record(other, outcome(2), null, T0);
    expect(pages(10)).toEqual([id(2)]);
    expect(db.store.work.countDue(due())).toBe(1);
  });

  it('include ended ones with later activity on their own side, in the one order of all', () => {
    addActive(1, 2, 3, 4, 5);
    setMapping(2, `state = 'closed', state_at = '${at(1)}'`);
    setMapping(3, `state = 'closed', state_at = '${at(3)}'`);
    setMapping(4, `state = 'gone', state_at = '${at(1)}'`);
    expect(pages(1)).toEqual([1, 2, 4, 5].map(id));
    expect(db.store.work.countDue(due())).toBe(4);
  });

  it('show what the user wrote between two pages', () => {
    addActive(1, 2, 3);
    const first = db.store.work.pageDue(due(), null, 1);
    setMapping(2, `last_activity_at = '${at(200)}'`);
    db.user
      .prepare('INSERT INTO mappings (session_id, conversation_id, started_at) VALUES (?, ?, ?)')
      .run('new', id(9), at(50));
    const rest = db.store.work.pageDue(due(), first[0] ?? null, 10);
    expect(rest.map((key) => key.conversationId)).toEqual([3, 9].map(id));
  });
});

describe('pending requests', () => {
  it('come in their order, after the given one, without those looked at in this run', () => {
    const ids = [3, 1, 2, 5].map((n) => request(n)) as number[];
    db.store.ledger.record(runId, outcome(1), null, T0);

    const found = db.store.work.pageRequests(runId, 0, 10);
    expect(found.map((each) => each.conversationId)).toEqual([3, 2, 5].map(id));
    expect(db.store.work.pageRequests(runId, 0, 1)).toHaveLength(1);
    expect(db.store.work.pageRequests(runId, ids[2] as number, 10)).toEqual(found.slice(2));
    expect(db.store.work.countRequests(runId)).toBe(3);
  });

  it('are not those that are settled', () => {
    request(1);
    db.store.ledger.record(
      runId,
      outcome(1, { outcome: 'closed' }),
      { mappingState: 'closed', settlesRequest: true, needsIntent: false },
      T0,
    );
    const later = db.store.runs.begin(newRun());
    expect(db.store.work.pageRequests(later, 0, 10)).toEqual([]);
    expect(db.store.work.countRequests(later)).toBe(0);
  });
});

describe('late requests', () => {
  const late = (run = runId) => db.store.work.lateRequests(run, 10).map((each) => each.conversationId);

  it('are those made after this run looked at the conversation', () => {
    db.store.ledger.record(runId, outcome(1, { decidedAt: T0 + HOUR, origin: 'cli' }), null, T0);
    request(1, 'cli', 2);
    request(2, 'cli', 2);
    expect(late()).toEqual([id(1)]);
  });

  it('and those that the look did not know of, even if they came just before it was recorded', () => {
    request(1, 'cli', 0);
    db.store.ledger.record(runId, outcome(1, { decidedAt: T0 + HOUR, origin: 'schedule' }), null, T0);
    expect(late()).toEqual([id(1)]);
  });

  it('but not those whose own look left them pending', () => {
    request(1, 'cli', 0);
    db.store.ledger.record(runId, outcome(1, { outcome: 'failed', origin: 'cli' }), null, T0);
    expect(late()).toEqual([]);
  });

  it('nor those that a later run has looked at, which would be asked again and again', () => {
    db.store.ledger.record(runId, outcome(1), null, T0);
    request(1, 'cli', 2);
    const dry = db.store.runs.begin(newRun({ dryRun: true }));
    const answer = outcome(1, { outcome: 'failed', origin: 'cli', decidedAt: T0 + 3 * HOUR });
    db.store.ledger.record(dry, answer, null, T0);
    expect(late()).toEqual([id(1)]);
    const next = db.store.runs.begin(newRun({ kind: 'close' }));
    db.store.ledger.record(next, answer, null, T0);
    expect(late()).toEqual([]);
  });
});

describe('what a run leaves', () => {
  it('is each due or requested conversation once, without those that have an outcome or an intent', () => {
    addActive(1, 2, 3, 4);
    for (const n of [2, 3, 7, 8]) request(n);
    db.store.ledger.record(runId, outcome(3), null, T0);
    intend(db.store, intent(8, runId));
    // 1, 2 and 4 are due; 2 and 7 are asked for.
    expect(db.store.work.countLeft(due())).toBe(4);
    expect(db.store.work.countLeft({ ...due(), cutoff: null })).toBe(2);
  });
});

describe('watched mappings', () => {
  const range = () => ({ from: T0 + 10 * HOUR, to: T0 + 20 * HOUR, runId });

  it('ended within the range: those we closed ourselves first, then the oldest', () => {
    addActive(0, 0, 0, 0, 0, 0, 0);
    const ends = [9, 10, 15, 12, 20, 21, 13];
    for (const [index, end] of ends.entries()) {
      setMapping(index + 1, `state = 'closed', state_at = '${at(end)}'`);
    }
    setMapping(7, `state = 'gone'`);
    const earlier = db.store.runs.begin(newRun());
    const dry = db.store.runs.begin(newRun({ dryRun: true }));
    db.store.ledger.record(earlier, outcome(5, { outcome: 'closed' }), null, T0);
    db.store.ledger.record(earlier, outcome(3, { outcome: 'closed' }), null, T0);
    db.store.ledger.record(earlier, outcome(2, { outcome: 'already_closed' }), null, T0);
    db.store.ledger.record(dry, outcome(4, { outcome: 'closed' }), null, T0);

    const watched = (ours: boolean, size = 10) =>
      db.store.work.pageWatched({ ...range(), ours }, null, size).map((key) => key.conversationId);
    expect(watched(true)).toEqual([3, 5].map(id));
    expect(watched(false)).toEqual([2, 4].map(id));
    expect(watched(true, 1)).toEqual([id(3)]);
    const [first] = db.store.work.pageWatched({ ...range(), ours: true }, null, 1);
    const next = db.store.work.pageWatched({ ...range(), ours: true }, first ?? null, 10);
    expect(next.map((key) => key.conversationId)).toEqual([id(5)]);
    db.store.ledger.record(runId, outcome(3), null, T0);
    expect(watched(true)).toEqual([id(5)]);
  });
});
