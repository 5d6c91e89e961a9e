import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import type { MappingRow } from '../../src/intake/ports.ts';
import { id, mappingRow, T0, tempStore } from './fixtures.ts';

let db: ReturnType<typeof tempStore>;
beforeEach(() => {
  db = tempStore();
});

const at = (hours: number) => T0 + hours * HOUR;
const put = (changes: Partial<MappingRow> = {}, now = T0) =>
  db.store.intake.putMappings([mappingRow(1, changes)], 'csv:a.csv', now)[0];
const mapping = () => db.store.work.known(id(1)).mapping;
const end = (state: 'closed' | 'gone', hours: number) =>
  db.user.prepare('UPDATE mappings SET state = ?, state_at = ?').run(state, toIso(at(hours)));
const columns = () =>
  db.user.prepare('SELECT source, created_at, updated_at FROM mappings').get() as Record<string, string>;

describe('a mapping row', () => {
  it('goes in with its source, and a second time changes nothing', () => {
    expect(put({ userId: 'u', lastActivityAt: at(1) })).toBe('accepted');
    expect(put({ userId: 'u', lastActivityAt: at(1) }, at(5))).toBe('unchanged');
    expect(mapping()).toMatchObject({ userId: 'u', lastActivityAt: at(1), state: 'open', stateAt: null });
    expect(columns()).toEqual({ source: 'csv:a.csv', created_at: toIso(T0), updated_at: toIso(T0) });
  });

  it('answers for each row of a batch, in order', () => {
    const rows = [mappingRow(1), mappingRow(2), mappingRow(1)];
    expect(db.store.intake.putMappings(rows, 'csv', T0)).toEqual(['accepted', 'accepted', 'unchanged']);
    expect(db.store.intake.putMappings([], 'csv', T0)).toEqual([]);
  });

  it('goes in with its whole batch or not at all', () => {
    const rows = [mappingRow(1), { ...mappingRow(2), conversationId: 'NOT-AN-ID' }];
    expect(() => db.store.intake.putMappings(rows, 'csv', T0)).toThrow('lower_case_uuid');
    expect(mapping()).toBeNull();
  });

  it('moves activity forward, never back, and never to unknown', () => {
    put({ lastActivityAt: at(2) });
    expect(put({ lastActivityAt: at(1) })).toBe('unchanged');
    expect(put({ lastActivityAt: null })).toBe('unchanged');
    expect(mapping()?.lastActivityAt).toBe(at(2));
    expect(put({ lastActivityAt: at(3) }, at(9))).toBe('changed');
    expect(mapping()?.lastActivityAt).toBe(at(3));
    expect(columns().updated_at).toBe(toIso(at(9)));
  });

  it('does not move the sign of life back by telling an activity from before the newest session', () => {
    put({ sessionId: 'new', startedAt: at(5), lastActivityAt: null });
    put({ sessionId: 'old', startedAt: at(0), lastActivityAt: at(1) });
    expect(mapping()).toMatchObject({ sessionId: 'new', startedAt: at(5), lastActivityAt: at(5) });
  });

  it.each([
    ['later', 5, 'b'],
    ['earlier', -5, 'a'],
  ])('of another session that started %s: the later start has the conversation', (_, hours, winner) => {
    put({ sessionId: 'a', userId: 'user-a' });
    put({ sessionId: 'b', userId: null, startedAt: at(hours) });
    expect(mapping()).toMatchObject({
      sessionId: winner,
      userId: winner === 'a' ? 'user-a' : null,
      startedAt: Math.max(T0, at(hours)),
    });
  });

  it('of the same session adds what it knows and forgets nothing', () => {
    put({ userId: 'u' });
    expect(put({ userId: null, startedAt: at(1) })).toBe('changed');
    expect(mapping()).toMatchObject({ userId: 'u', startedAt: at(1) });
    expect(put({ userId: 'v', startedAt: at(0) })).toBe('changed');
    expect(mapping()).toMatchObject({ userId: 'v', startedAt: at(1) });
  });

  it.each(['closed', 'gone'] as const)('with activity after the end opens a %s mapping again', (state) => {
    put();
    end(state, 3);
    expect(put({ lastActivityAt: at(3) }, at(6))).toBe('changed');
    expect(mapping()?.state).toBe(state);
    expect(put({ lastActivityAt: at(4) }, at(7))).toBe('changed');
    expect(mapping()).toMatchObject({ state: 'open', stateAt: at(7) });
  });

  it('of a session that began after the end opens it too', () => {
    put();
    end('closed', 3);
    put({ sessionId: 'next', startedAt: at(4) });
    expect(mapping()).toMatchObject({ state: 'open', sessionId: 'next' });
  });

  it('leaves a hold, and what the user wrote, as they are', () => {
    put();
    db.user
      .prepare('UPDATE mappings SET hold_until = ?, last_activity_at = ?')
      .run(toIso(at(50)), toIso(at(20)));
    put({ lastActivityAt: at(10), userId: 'u' });
    expect(mapping()).toMatchObject({ holdUntil: at(50), lastActivityAt: at(20), userId: 'u' });
  });
});

describe('a close request', () => {
  const ask = (changes: object = {}, now = T0) =>
    db.store.intake.requestCloses(
      [{ conversationId: id(1), reason: 'first', origin: 'cli', force: false, ...changes }],
      now,
    )[0];
  const pending = () => db.store.work.known(id(1)).request;

  it('is recorded, also for a conversation that no mapping knows', () => {
    const answer = ask();
    expect(answer).toEqual({ effect: 'accepted', requestId: expect.any(Number) });
    expect(pending()).toEqual({
      id: answer?.requestId,
      conversationId: id(1),
      reason: 'first',
      origin: 'cli',
      requestedAt: T0,
      force: false,
    });
  });

  it('keeps the pending one, whatever else it says', () => {
    const first = ask();
    expect(ask({ reason: 'second', origin: 'csv:a.csv#1' }, at(1))).toEqual({
      effect: 'unchanged',
      requestId: first?.requestId,
    });
    expect(pending()).toMatchObject({ reason: 'first', origin: 'cli', requestedAt: T0 });
  });

  it('with force replaces the pending one, and stays forced', () => {
    const first = ask();
    const forced = { effect: 'accepted', requestId: first?.requestId };
    expect(ask({ reason: null, origin: 'cli', force: true }, at(1))).toEqual(forced);
    expect(pending()).toMatchObject({ reason: null, requestedAt: at(1), force: true });
    expect(ask({ reason: 'third' }, at(2))?.effect).toBe('unchanged');
    expect(pending()).toMatchObject({ reason: null, requestedAt: at(1), force: true });
    expect(ask({ reason: 'fourth', force: true }, at(3))).toEqual(forced);
    expect(pending()).toMatchObject({ reason: 'fourth', requestedAt: at(3), force: true });
  });

  it('is a new one after the last was settled', () => {
    const first = ask();
    db.user.prepare(`UPDATE close_requests SET settled_at = ?, outcome = 'kept'`).run(toIso(at(1)));
    const second = ask({ reason: 'again' }, at(2));
    expect(second?.effect).toBe('accepted');
    expect(second?.requestId).not.toBe(first?.requestId);
    expect(pending()).toMatchObject({ reason: 'again' });
  });

  it('answers for each row of a batch, in order', () => {
    const row = (n: number) => ({ conversationId: id(n), reason: null, origin: 'csv:a.csv#1', force: false });
    const answers = db.store.intake.requestCloses([row(1), row(2), row(1)], T0);
    expect(answers.map((answer) => answer.effect)).toEqual(['accepted', 'accepted', 'unchanged']);
    expect(answers[2]?.requestId).toBe(answers[0]?.requestId);
  });
});

describe('an import', () => {
  const counts = { rows: 3, accepted: 1, changed: 0, unchanged: 1, rejected: 1 };

  it('is known by its content once it is finished, for its kind', () => {
    const first = db.store.intake.beginImport('closes', 'a.csv', T0);
    expect(db.store.intake.finishedImport('closes', 'abc')).toBeNull();
    db.store.intake.finishImport(first, 'abc', counts, at(1));
    const second = db.store.intake.beginImport('closes', 'b.csv', at(2));
    db.store.intake.finishImport(second, 'abc', counts, at(3));

    expect(db.store.intake.finishedImport('closes', 'abc')).toEqual({
      id: second,
      file: 'b.csv',
      finishedAt: at(3),
    });
    expect(db.store.intake.finishedImport('mapping', 'abc')).toBeNull();
    expect(db.store.intake.finishedImport('closes', 'abd')).toBeNull();
    const row = db.user.prepare('SELECT counts FROM imports WHERE id = ?').get(first) as { counts: string };
    expect(JSON.parse(row.counts)).toEqual(counts);
  });

  it('keeps every reject, several of one line too', () => {
    const importId = db.store.intake.beginImport('mapping', 'a.csv', T0);
    const reject = { line: 2, code: 'bad_id', message: 'not an id', raw: 'x;"é\n' };
    db.store.intake.putRejects(importId, [reject, { ...reject, code: 'bad_date' }]);
    expect(db.user.prepare('SELECT import_id, line, code, message, raw FROM import_rejects').all()).toEqual([
      { import_id: importId, ...reject },
      { import_id: importId, ...reject, code: 'bad_date' },
    ]);
  });
});
