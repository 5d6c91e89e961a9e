import { describe, expect, it } from 'vitest';
import { importExitCode, importJson } from '../../src/intake/summary.ts';
import { fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

const stored = `SELECT session_id, conversation_id, user_id, started_at, last_activity_at, source
  FROM mappings ORDER BY conversation_id`;

describe('importing a mapping', () => {
  it('stores each row and says how many', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(fileOf(HEADER, rowOf(1), `s-2,${idOf(2)},2026-11-02 10:00+02:00,,`));
    expect(summary).toMatchObject({
      id: 1,
      kind: 'mapping',
      file: 'list.csv',
      counts: { rows: 2, accepted: 2, changed: 0, unchanged: 0, rejected: 0 },
      rejects: [],
      rejectsTotal: 0,
    });
    expect(summary).not.toHaveProperty('alreadyImported');
    expect(importExitCode(summary)).toBe(0);
    expect(rows(stored)).toEqual([
      ['s-1', idOf(1), 'u-1', '2026-11-01T08:00:00.000Z', '2026-11-01T09:00:00.000Z', 'csv:list.csv'],
      ['s-2', idOf(2), null, '2026-11-02T08:00:00.000Z', null, 'csv:list.csv'],
    ]);
  });

  it('takes the columns in any order, case and quoting, and notes once what it does not use', async () => {
    const { mapping, rows, notes } = setUp();
    await mapping(
      fileOf(
        ' Started_At ,note,"CONVERSATION_ID",Session_Id,colour',
        `2026-11-01T08:00:00Z,"one, two\nthree",${idOf(1).toUpperCase()}, "s-1" ,red`,
      ),
    );
    expect(rows('SELECT session_id, conversation_id, started_at FROM mappings')).toEqual([
      ['s-1', idOf(1), '2026-11-01T08:00:00.000Z'],
    ]);
    expect(notes).toEqual(['list.csv: columns that are not used: "note", "colour"']);
  });

  it('changes nothing with the same file again, and says so', async () => {
    const { mapping, rows } = setUp();
    const content = fileOf(HEADER, rowOf(1), rowOf(2));
    await mapping(content);
    const before = rows('SELECT * FROM mappings');
    const summary = await mapping(content, { file: 'copy.csv' });
    expect(summary.counts).toEqual({ rows: 2, accepted: 0, changed: 0, unchanged: 2, rejected: 0 });
    expect(summary.alreadyImported).toEqual({ id: 1, finishedAt: expect.any(Number) });
    expect(importJson(summary).message).toContain('nothing changed, 2 already known');
    expect(rows('SELECT * FROM mappings')).toEqual(before);
  });

  it('leaves it to the store which of two different rows for one conversation wins', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(
      fileOf(
        HEADER,
        rowOf(1),
        `newer,${idOf(1)},2026-11-03T08:00:00Z,,`,
        `older,${idOf(1)},2026-10-03T08:00:00Z,,`,
      ),
    );
    expect(summary.counts).toMatchObject({ accepted: 2, changed: 1, unchanged: 1, rejected: 0 });
    expect(rows('SELECT session_id FROM mappings')).toEqual([['newer']]);
  });

  it('is whole across batches and chunks, and tells how far it is', async () => {
    const { mapping, rows } = setUp();
    const lines = Array.from({ length: 2_501 }, (_, n) => (n === 1_500 ? `s,${n},x,,` : rowOf(n)));
    const progress: number[] = [];
    const summary = await mapping(fileOf(HEADER, ...lines), {
      chunk: 977,
      onProgress: ({ rows: n }) => progress.push(n),
    });
    expect(summary.counts).toEqual({ rows: 2_501, accepted: 2_500, changed: 0, unchanged: 0, rejected: 1 });
    expect(summary.rejects).toMatchObject([{ line: 1_502, code: 'invalid_id' }]);
    expect(rows('SELECT count(*) FROM mappings')).toEqual([[2_500]]);
    expect(progress).toEqual([999, 1_999, 2_501]);
  });

  it('lists a thousand rejects, and keeps all of them with their line and text', async () => {
    const { mapping, rows } = setUp();
    const lines = Array.from({ length: 1_005 }, (_, n) => `s,bad-${n},2026-11-01T08:00:00Z,,`);
    const summary = await mapping(fileOf(HEADER, ...lines));
    expect(summary.rejects).toHaveLength(1_000);
    expect(summary.rejectsTotal).toBe(1_005);
    expect(rows('SELECT count(*) FROM import_rejects')).toEqual([[1_005]]);
    expect(rows('SELECT line, code, raw FROM import_rejects ORDER BY line LIMIT 1')).toEqual([
      [2, 'invalid_id', lines[0]],
    ]);
  });

  it('cuts what it keeps of a rejected row', async () => {
    const { mapping } = setUp();
    const { rejects } = await mapping(
      fileOf(HEADER, `${'s'.repeat(5_000)},${idOf(1)},2026-11-01T08:00:00Z,,`),
    );
    expect(rejects[0]?.raw).toHaveLength(1_000);
  });

  it('prints the public JSON shape, with exit code 3 when anything was rejected', async () => {
    const { mapping } = setUp();
    const summary = await mapping(fileOf(HEADER, rowOf(1), `s,nope,2026-11-01T08:00:00Z,,`));
    expect(importJson(summary)).toEqual({
      import: { id: 1, kind: 'mapping', file: 'list.csv' },
      dryRun: false,
      counts: { rows: 2, accepted: 1, changed: 0, unchanged: 0, rejected: 1 },
      rejects: [{ line: 3, code: 'invalid_id', message: '"nope" in conversation_id is not a UUID.' }],
      rejectsFile: null,
      interruptedAtLine: null,
      exitCode: 3,
      message: 'list.csv: mapping with 2 rows, 1 taken, 1 rejected.',
    });
  });

  it('records only the base name of the file, and standard input as such', async () => {
    const { mapping } = setUp();
    expect((await mapping(fileOf(HEADER, rowOf(1)), { file: '/tmp/night/list.csv' })).file).toBe('list.csv');
    expect((await mapping(fileOf(HEADER, rowOf(1)), { file: '-' })).file).toBe('stdin');
  });
});

describe('a row of a mapping that cannot go in', () => {
  const long = 'x'.repeat(201);
  it.each([
    ['not a UUID', 's,12345,2026-11-01T08:00:00Z,,', 'invalid_id'],
    ['no conversation', 's,,2026-11-01T08:00:00Z,,', 'missing_value'],
    ['no start', `s,${idOf(9)},,,`, 'missing_value'],
    ['no session', `,${idOf(9)},2026-11-01T08:00:00Z,,`, 'invalid_session'],
    ['a blank session', `  ,${idOf(9)},2026-11-01T08:00:00Z,,`, 'invalid_session'],
    ['a session that is too long', `${long},${idOf(9)},2026-11-01T08:00:00Z,,`, 'invalid_session'],
    ['a control character in the session', `a\x1bb,${idOf(9)},2026-11-01T08:00:00Z,,`, 'invalid_session'],
    ['a user that is too long', `s,${idOf(9)},2026-11-01T08:00:00Z,,${long}`, 'invalid_user'],
    ['a start without a zone', `s,${idOf(9)},2026-11-01T08:00:00,,`, 'invalid_time'],
    ['a day that does not exist', `s,${idOf(9)},2026-02-30,,`, 'invalid_time'],
    ['an activity that is no time', `s,${idOf(9)},2026-11-01,yesterday,`, 'invalid_time'],
    ['the year 1 for "never"', `s,${idOf(9)},2026-11-01,0001-01-01T00:00:00Z,`, 'invalid_time'],
    ['a time beyond the year 9999', `s,${idOf(9)},2026-11-01,9999-12-31T23:59:59-05:00,`, 'invalid_time'],
    ['a start more than a day ahead', `s,${idOf(9)},2026-11-11T03:00:00.001Z,,`, 'future_time'],
    ['too few columns', `s,${idOf(9)},2026-11-01`, 'column_count'],
    ['too many columns', `s,${idOf(9)},2026-11-01,,,,`, 'column_count'],
    ['a NUL byte', `s\0,${idOf(9)},2026-11-01,,`, 'nul_byte'],
    ['a quote inside a value', `s"x",${idOf(9)},2026-11-01,,`, 'bad_quote'],
    ['something after a closing quote', `"s"x,${idOf(9)},2026-11-01,,`, 'bad_quote'],
    ['the repetition of an earlier row', rowOf(1), 'duplicate'],
  ])('is rejected for %s, with its line, and the others go in', async (_, bad, code) => {
    const { mapping, rows } = setUp();
    const summary = await mapping(fileOf(HEADER, rowOf(1), '', bad, rowOf(2)));
    expect(summary.rejects).toEqual([
      { line: 4, code, message: expect.stringMatching(/^\S.*\.$/), raw: bad },
    ]);
    expect(summary.counts).toEqual({ rows: 3, accepted: 2, changed: 0, unchanged: 0, rejected: 1 });
    expect(rows('SELECT conversation_id FROM mappings ORDER BY 1')).toEqual([[idOf(1)], [idOf(2)]]);
  });

  it.each([
    ['a start exactly a day ahead', `s,${idOf(9)},2026-11-11T03:00:00.000Z,,`],
    ['an activity before the start', `s,${idOf(9)},2026-11-01T08:00:00Z,2026-10-01T08:00:00Z,`],
    ['a session of 200 characters', `${'x'.repeat(200)},${idOf(9)},2026-11-01T08:00:00Z,,`],
  ])('is not one with %s', async (_, row) => {
    const { mapping } = setUp();
    expect((await mapping(fileOf(HEADER, row))).counts).toMatchObject({ accepted: 1, rejected: 0 });
  });
});
