import { beforeEach, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/domain/outcome.ts';
import { id, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

let db: ReturnType<typeof tempStore>;
beforeEach(() => {
  db = tempStore();
});

const TIME = '2025-03-01T10:00:00.000Z';

describe("the user's own INSERT", () => {
  it('needs only session, conversation and start', () => {
    db.user
      .prepare('INSERT INTO mappings (session_id, conversation_id, started_at) VALUES (?, ?, ?)')
      .run('s-1', id(1), TIME);

    const row = db.user.prepare('SELECT * FROM mappings').get() as Record<string, string>;
    expect(row).toMatchObject({
      state: 'open',
      source: 'sql',
      user_id: null,
      last_activity_at: null,
      state_at: null,
      hold_until: null,
    });
    expect(row.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(row.updated_at).toBe(row.created_at);
    expect(db.store.work.known(id(1)).mapping).toMatchObject({
      sessionId: 's-1',
      startedAt: Date.parse(TIME),
    });
  });

  it('may name the other columns too', () => {
    const insert = db.user.prepare(
      `INSERT INTO mappings (session_id, conversation_id, started_at, user_id, last_activity_at, hold_until)
       VALUES ('s-1', ?, ?, 'u-1', ?, ?)`,
    );
    expect(insert.run(id(1), TIME, TIME, '9999-12-31T23:59:59.999Z').changes).toBe(1);
  });

  const good = { conversation_id: id(1), session_id: 's-1', started_at: TIME };
  const wrongTimes = [
    '2025-03-01',
    '2025-03-01 10:00:00',
    '2025-03-01T10:00:00Z',
    '2025-03-01T10:00:00.000',
    '2025-03-01T10:00:00.000000Z',
    '2025-03-01T10:00:00.000+01:00',
    '2025-03-01t10:00:00.000z',
    '2025-02-30T10:00:00.000Z',
    '2025-13-01T10:00:00.000Z',
    '1740823200000',
    'yesterday',
    '',
  ];
  const times = ['started_at', 'last_activity_at', 'state_at', 'hold_until', 'created_at', 'updated_at'];
  const wrong: [string, Record<string, unknown>, string][] = [
    ['an upper-case id', { conversation_id: 'ABCDEF00-0000-4000-8000-000000000001' }, 'lower_case_uuid'],
    ['an id in braces', { conversation_id: `{${id(1)}}` }, 'lower_case_uuid'],
    ['an id without hyphens', { conversation_id: id(1).replaceAll('-', '') }, 'lower_case_uuid'],
    [
      'an id with hyphens elsewhere',
      { conversation_id: '0000-0000-0000-4000-8000-000000000001-' },
      'lower_case_uuid',
    ],
    ['an id of hyphens', { conversation_id: '-'.repeat(36) }, 'lower_case_uuid'],
    ['an id that is too long', { conversation_id: `${id(1)}0` }, 'lower_case_uuid'],
    ['an id that is not hexadecimal', { conversation_id: id(1).replace('4', 'g') }, 'lower_case_uuid'],
    ['an id with a space', { conversation_id: ` ${id(1)}` }, 'lower_case_uuid'],
    ['an empty id', { conversation_id: '' }, 'lower_case_uuid'],
    ['no id', { conversation_id: null }, 'NOT NULL'],
    ['an id as bytes', { conversation_id: Buffer.from(id(1)) }, 'cannot store BLOB'],
    ['no session', { session_id: null }, 'NOT NULL'],
    ['an empty session', { session_id: '  ' }, 'session_id_is_not_empty'],
    ['no start', { started_at: null }, 'NOT NULL'],
    ['an unknown state', { state: 'done' }, 'state_is_open_closed_or_gone'],
    ['an ended state without its time', { state: 'closed' }, 'an_ended_mapping_has_state_at'],
    ...times.flatMap((column) =>
      wrongTimes.map((time): [string, Record<string, unknown>, string] => [
        `${column} = '${time}'`,
        { [column]: time },
        `${column}_is_utc_with_milliseconds`,
      ]),
    ),
  ];
  it.each(wrong)('fails at their side for %s, and says why', (_, change, message) => {
    const row = { ...good, ...change };
    const names = Object.keys(row);
    const insert = db.user.prepare(
      `INSERT INTO mappings (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
    );
    expect(() => insert.run(row)).toThrow(message);
  });

  it('fails for a second row of the same conversation', () => {
    db.store.intake.putMappings([mappingRow(1)], 'csv', T0);
    const insert = db.user.prepare(
      'INSERT INTO mappings (session_id, conversation_id, started_at) VALUES (?, ?, ?)',
    );
    expect(() => insert.run('s-2', id(1), TIME)).toThrow('UNIQUE');
  });
});

describe('the other tables', () => {
  const someRun = () => db.store.runs.begin(newRun());
  const cases: [string, () => unknown, string][] = [
    ['an unknown kind of run', () => db.user.exec(`UPDATE runs SET kind = 'x'`), 'kind_is_known'],
    ['an unknown scope', () => db.user.exec(`UPDATE runs SET scope = 'x'`), 'scope_is_known'],
    ['an unknown state of a run', () => db.user.exec(`UPDATE runs SET state = 'x'`), 'state_is_known'],
    [
      'a run that ended at no time',
      () => db.user.exec(`UPDATE runs SET state = 'done'`),
      'until_finished_at',
    ],
    ['a policy that is not JSON', () => db.user.exec(`UPDATE runs SET policy = '{'`), 'policy_is_json'],
    ['counts that are not JSON', () => db.user.exec(`UPDATE runs SET counts = '{'`), 'counts_is_json'],
    ['requests that are not JSON', () => db.user.exec(`UPDATE runs SET requests = '{'`), 'requests_is_json'],
    ['a pid that is text', () => db.user.exec(`UPDATE runs SET pid = 'x'`), 'cannot store TEXT'],
    ['a half dry run', () => db.user.exec('UPDATE runs SET dry_run = 2'), 'dry_run_is_0_or_1'],
    [
      'an outcome of an unknown run',
      () => db.store.ledger.record(99, outcome(1), null, T0),
      'FOREIGN KEY constraint failed',
    ],
    [
      'an unknown outcome',
      () => db.store.ledger.record(1, outcome(1, { outcome: 'lost' as 'kept' }), null, T0),
      'outcome_is_known',
    ],
    [
      'an unknown remote status',
      () => db.store.ledger.record(1, outcome(1, { remoteStatus: 'x' as 'active' }), null, T0),
      'remote_status_is_known',
    ],
    [
      'an outcome for something that is no conversation',
      () => db.store.ledger.record(1, { ...outcome(1), conversationId: 'X' }, null, T0),
      'conversation_id_is_a_lower_case_uuid',
    ],
    [
      'a request for something that is no conversation',
      () =>
        db.store.intake.requestCloses(
          [{ conversationId: 'X', reason: null, origin: 'cli', force: false }],
          T0,
        ),
      'conversation_id_is_a_lower_case_uuid',
    ],
    [
      'a request that is settled without an outcome',
      () => {
        db.store.intake.requestCloses(
          [{ conversationId: id(1), reason: null, origin: 'cli', force: false }],
          T0,
        );
        db.user.exec(`UPDATE close_requests SET settled_at = '${TIME}'`);
      },
      'a_request_is_settled_with_an_outcome',
    ],
    [
      'an unknown kind of import',
      () => db.store.intake.beginImport('x' as 'closes', 'f.csv', T0),
      'kind_is_known',
    ],
    [
      'a reject of an unknown import',
      () => db.store.intake.putRejects(99, [{ line: 1, code: 'x', message: 'x', raw: '' }]),
      'FOREIGN KEY constraint failed',
    ],
    [
      'a reject of line 0',
      () => {
        const importId = db.store.intake.beginImport('closes', 'f.csv', T0);
        db.store.intake.putRejects(importId, [{ line: 0, code: 'x', message: 'x', raw: '' }]);
      },
      'line_counts_from_1',
    ],
  ];
  it.each(cases)('refuse %s', (_, write, message) => {
    someRun();
    expect(write).toThrow(message);
  });

  it.each(OUTCOMES)('take the outcome %s', (kind) => {
    const runId = someRun();
    db.store.ledger.record(runId, outcome(1, { outcome: kind }), null, T0);
    expect(db.store.report.outcomesOf(runId, [], 10)).toMatchObject([{ outcome: kind }]);
  });

  it('never let an outcome be changed, but let old ones be deleted', () => {
    const runId = someRun();
    db.store.ledger.record(runId, outcome(1), null, T0);

    expect(() => db.user.exec(`UPDATE outcomes SET outcome = 'closed'`)).toThrow(
      'outcomes are never updated',
    );
    expect(db.store.report.outcomesOf(runId, [], 10)).toMatchObject([{ outcome: 'kept' }]);
    expect(db.user.prepare('DELETE FROM outcomes').run().changes).toBe(1);
  });
});
