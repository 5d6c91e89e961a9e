import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { consequencesOf, OUTCOMES, type Outcome, type OutcomeKind } from '../../src/domain/outcome.ts';
import { HOUR, toIso } from '../../src/domain/time.ts';
import type { Known } from '../../src/sweep/ports.ts';
import { conclude, id, intend, intent, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

let db: ReturnType<typeof tempStore>;
let runId: number;
beforeEach(() => {
  db = tempStore();
  runId = db.store.runs.begin(newRun());
});

const SEEN = T0 + 2 * HOUR;
const ask = (n: number, origin = 'cli', at = T0) =>
  db.store.intake.requestCloses([{ conversationId: id(n), reason: 'r', origin, force: false }], at);
const record = (it: Outcome) => conclude(db.store, runId, it, SEEN);
const requestOf = (n: number) => db.store.report.history(id(n)).requests[0];

describe('an intent', () => {
  it('is on record with everything that its outcome will need', () => {
    const full = intent(1, runId, { requestId: 7, origin: 'cli', reason: 'requested' });
    const bare = intent(2, runId, {
      sessionId: null,
      detail: null,
      remoteLastActivityAt: null,
      idleSeconds: null,
      queueId: null,
      agentConnected: null,
      intendedAt: T0 + 3 * HOUR,
    });
    expect(intend(db.store, bare)).toBe(true);
    expect(intend(db.store, full)).toBe(true);
    expect(db.store.ledger.intents()).toEqual([full, bare]);
  });

  it('is decided upon what the user wrote a moment before', () => {
    db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
    db.store.work.known(id(1));
    db.user.prepare('UPDATE mappings SET hold_until = ?').run(toIso(T0 + 9 * HOUR));

    let seen: Known | null = null;
    const recorded = db.store.ledger.intend(id(1), (known) => {
      seen = known;
      return known.mapping?.holdUntil === null ? intent(1, runId) : null;
    });
    expect(recorded).toBe(false);
    expect(seen).toMatchObject({ mapping: { holdUntil: T0 + 9 * HOUR } });
    expect(db.store.ledger.intents()).toEqual([]);
  });

  it('is decided upon and written while nobody else can write', () => {
    db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
    const hold = db.user.prepare('UPDATE mappings SET hold_until = ?');
    db.store.ledger.intend(id(1), () => {
      expect(() => hold.run(toIso(T0))).toThrow('database is locked');
      return intent(1, runId);
    });
    expect(hold.run(toIso(T0)).changes).toBe(1);
    expect(db.store.ledger.intents()).toHaveLength(1);
  });

  it('never takes the place of another', () => {
    intend(db.store, intent(1, runId, { reason: 'requested' }));
    expect(() => intend(db.store, intent(1, runId))).toThrow(DatabaseError);
    expect(db.store.ledger.intents()).toMatchObject([{ reason: 'requested' }]);
  });

  it('is withdrawn alone', () => {
    intend(db.store, intent(1, runId));
    intend(db.store, intent(2, runId));
    db.store.ledger.withdraw(id(1));
    expect(db.store.ledger.intents()).toMatchObject([{ conversationId: id(2) }]);
  });
});

describe('an outcome', () => {
  it('is kept in full', () => {
    const full = outcome(1, {
      outcome: 'closed',
      reason: 'requested',
      origin: 'csv:a.csv#3',
      remoteStatus: 'closed',
      remoteLastActivityAt: T0 - HOUR,
      idleSeconds: 3600,
      queueId: 'q',
      agentConnected: true,
      errorCode: 'conflict',
      httpStatus: 409,
      requests: 4,
      closedAt: T0 + HOUR,
    });
    const bare = outcome(2, {
      sessionId: null,
      reason: null,
      detail: null,
      httpStatus: null,
      correlationId: null,
      agentConnected: false,
    });
    record(full);
    record(bare);
    expect(db.store.report.outcomesOf(runId, [], 10)).toEqual([full, bare]);
  });

  const states: [OutcomeKind, Outcome['remoteStatus'], string][] = [
    ['closed', 'closed', 'closed'],
    ['already_closed', 'abandoned', 'closed'],
    ['not_found', 'unknown', 'gone'],
    ['kept', 'active', 'open'],
    ['kept', 'unknown', 'untouched'],
    ['unconfirmed', 'active', 'open'],
    ['failed', 'unknown', 'untouched'],
    ['expired', 'unknown', 'untouched'],
    ['not_attempted', 'unknown', 'untouched'],
  ];
  it.each(states)('%s (%s) leaves the mapping %s', (kind, remoteStatus, state) => {
    db.store.intake.putMappings([mappingRow(1), mappingRow(2)], 'csv', T0);
    record(outcome(1, { outcome: kind, remoteStatus }));
    const rows = db.user.prepare('SELECT state, state_at, updated_at FROM mappings').all();
    const untouched = { state: 'open', state_at: null, updated_at: toIso(T0) };
    expect(rows).toEqual([
      state === 'untouched' ? untouched : { state, state_at: toIso(SEEN), updated_at: toIso(T0 + HOUR) },
      untouched,
    ]);
  });

  it.each(OUTCOMES)('%s settles its own request or leaves it pending, as its consequences say', (kind) => {
    ask(1);
    ask(2);
    const it = outcome(1, { outcome: kind, origin: 'cli' });
    record(it);
    expect(requestOf(1)).toMatchObject(
      consequencesOf(it).settlesRequest
        ? { settledAt: it.decidedAt, outcome: kind }
        : { settledAt: null, outcome: null },
    );
    expect(requestOf(2)).toMatchObject({ settledAt: null });
  });

  it('of an end settles a request that came in meanwhile', () => {
    ask(1, 'cli', T0 + 3 * HOUR);
    record(outcome(1, { outcome: 'closed', origin: 'schedule' }));
    expect(requestOf(1)).toMatchObject({ outcome: 'closed' });
  });

  it.each<[string, string, number]>([
    ['was not made for it', 'schedule', T0],
    ['was over before it came', 'cli', T0 + 3 * HOUR],
  ])('that keeps does not settle a request when the look %s', (_, origin, requestedAt) => {
    ask(1, 'cli', requestedAt);
    record(outcome(1, { outcome: 'kept', origin }));
    expect(requestOf(1)).toMatchObject({ settledAt: null });
    expect(db.store.work.lateRequests(runId, 10)).toHaveLength(1);
  });

  it('removes the intent, and only its own', () => {
    intend(db.store, intent(2, runId));
    record(outcome(1, { outcome: 'closed' }));
    expect(db.store.ledger.intents()).toMatchObject([{ conversationId: id(2) }]);
  });

  it('of a dry run writes its row and nothing else', () => {
    db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
    ask(1);
    intend(db.store, intent(1, runId));
    const before = db.store.work.known(id(1));
    const dry = db.store.runs.begin(newRun({ dryRun: true }));
    db.store.ledger.record(dry, outcome(1, { outcome: 'already_closed', origin: 'cli' }), null, SEEN);
    expect(db.store.work.known(id(1))).toEqual(before);
    expect(db.store.report.outcomesOf(dry, [], 10)).toHaveLength(1);
  });

  it('of a close of ours is refused without its intent: another run has recorded it', () => {
    const closed = outcome(1, { outcome: 'closed', reason: 'stale' });
    const again = () => db.store.ledger.record(runId, closed, consequencesOf(closed), SEEN);
    expect(again).toThrow(DatabaseError);
    expect(again).toThrow('was recorded by another run meanwhile');
    expect(db.store.report.history(id(1)).outcomes).toEqual([]);
    const late = { ...closed, reason: 'confirmed_late' };
    db.store.ledger.record(runId, late, consequencesOf(late), SEEN);
    expect(db.store.report.history(id(1)).outcomes).toHaveLength(1);
  });

  it('of a conversation that is in no mapping is recorded all the same', () => {
    record(outcome(1, { outcome: 'closed', sessionId: null }));
    expect(db.store.report.history(id(1))).toMatchObject({
      mapping: null,
      outcomes: [{ outcome: 'closed' }],
    });
  });

  it.each(['mappings', 'close_requests'])(
    'is written with all of its consequences or not at all (%s fails)',
    (table) => {
      db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
      ask(1);
      intend(db.store, intent(1, runId));
      const before = db.store.work.known(id(1));
      db.user.exec(`CREATE TRIGGER no BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`);

      expect(() => record(outcome(1, { outcome: 'closed', origin: 'cli' }))).toThrow(DatabaseError);
      expect(db.store.work.known(id(1))).toEqual(before);
      expect(db.store.report.outcomesOf(runId, [], 10)).toEqual([]);
    },
  );

  it('is there once for each conversation of a run; a second changes nothing', () => {
    db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
    record(outcome(1, { outcome: 'closed' }));
    expect(() => record(outcome(1, { outcome: 'not_found' }))).toThrow(DatabaseError);
    expect(db.store.work.known(id(1)).mapping?.state).toBe('closed');
  });
});
