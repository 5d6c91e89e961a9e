import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { importExitCode, importJson } from '../../src/intake/summary.ts';
import { closeList } from '../../src/report/close-list.ts';
import { anOutcome } from '../domain/make.ts';
import { fileOf, idOf, setUp } from './harness.ts';

const wouldClose = (conversationId: string, decidedAt: number) =>
  anOutcome({ conversationId, outcome: 'would_close', reason: 'stale', decidedAt });

const requests = `SELECT conversation_id, reason, origin, force, requested_at FROM close_requests ORDER BY id`;

describe('importing a list of closes', () => {
  it('turns each row into a close request that names its file and line', async () => {
    const { closes, rows } = setUp();
    const summary = await closes(
      fileOf('conversation_id,reason', `${idOf(1).toUpperCase()},"two\nlines"`, '', `${idOf(2)},`),
      { file: 'lists/friday.csv' },
    );
    expect(summary).toMatchObject({ kind: 'closes', file: 'friday.csv', counts: { rows: 2, accepted: 2 } });
    expect(rows(requests)).toEqual([
      [idOf(1), 'two lines', 'csv:friday.csv#2', 0, '2026-11-10T03:00:00.000Z'],
      [idOf(2), null, 'csv:friday.csv#5', 0, '2026-11-10T03:00:00.000Z'],
    ]);
  });

  it.each([
    ['a bare list of ids', fileOf(idOf(1), idOf(2)), [1, 2]],
    ['a bare list with reasons', fileOf(`${idOf(1)},done`, `${idOf(2)},`), [1, 2]],
    [
      'a header and other columns',
      fileOf('session_id,Conversation_ID', `s,${idOf(1)}`, `s,${idOf(2)}`),
      [2, 3],
    ],
  ])('takes %s', async (_, content, lines) => {
    const { closes, rows } = setUp();
    await closes(content);
    expect(rows('SELECT conversation_id, origin FROM close_requests ORDER BY id')).toEqual(
      lines.map((line, at) => [idOf(at + 1), `csv:list.csv#${line}`]),
    );
  });

  it('asks for all rows at the same moment, however long it takes to read them', async () => {
    const { closes, rows } = setUp({ tickMs: 1 });
    await closes(fileOf(idOf(1), idOf(2), idOf(3)));
    expect(rows('SELECT count(*), count(DISTINCT requested_at) FROM close_requests')).toEqual([[3, 1]]);
  });

  it('asks as of when a dry run looked, so that later activity keeps the conversation', async () => {
    const { closes, rows } = setUp();
    const seenAt = (hour: number) => Date.parse(`2026-11-09T0${hour}:00:00.000Z`);
    const list = closeList([3, 3, 4].map((hour, n) => wouldClose(idOf(n + 1), seenAt(hour))));
    const summary = await closes(list);
    expect(summary.counts).toEqual({ rows: 3, accepted: 3, changed: 0, unchanged: 0, rejected: 0 });
    expect(summary.rows?.map(({ line, status }) => [line, status])).toEqual(
      [2, 3, 4].map((n) => [n, 'accepted']),
    );
    expect(rows('SELECT conversation_id, requested_at FROM close_requests ORDER BY id')).toEqual([
      [idOf(1), '2026-11-09T03:00:00.000Z'],
      [idOf(2), '2026-11-09T03:00:00.000Z'],
      [idOf(3), '2026-11-09T04:00:00.000Z'],
    ]);
  });

  it.each([
    ['2026-11-10T03:00:00.001Z', 'future_time'],
    ['last night', 'invalid_time'],
    ['2026-11-09T03:00:00', 'invalid_time'],
  ])('rejects an as_of of %s', async (asOf, code) => {
    const { closes } = setUp();
    const { rejects } = await closes(fileOf('as_of,conversation_id', `${asOf},${idOf(1)}`, `,${idOf(2)}`));
    expect(rejects).toMatchObject([{ line: 2, code }]);
  });

  it('answers for each row in the order of the file', async () => {
    const { closes, store } = setUp();
    store.intake.requestCloses([{ conversationId: idOf(2), reason: null, origin: 'cli', force: false }], 0);
    const summary = await closes(
      fileOf('conversation_id,reason', `${idOf(1)},a`, 'nonsense,b', `${idOf(2)},c`, `${idOf(1)},d`, idOf(3)),
    );
    expect(summary.rows).toEqual([
      { line: 2, conversationId: idOf(1), raw: `${idOf(1)},a`, status: 'accepted', code: null },
      { line: 3, conversationId: null, raw: 'nonsense,b', status: 'rejected', code: 'invalid_id' },
      { line: 4, conversationId: idOf(2), raw: `${idOf(2)},c`, status: 'unchanged', code: null },
      { line: 5, conversationId: idOf(1), raw: `${idOf(1)},d`, status: 'rejected', code: 'duplicate' },
      { line: 6, conversationId: idOf(3), raw: idOf(3), status: 'rejected', code: 'column_count' },
    ]);
    expect(summary.counts).toEqual({ rows: 5, accepted: 1, changed: 0, unchanged: 1, rejected: 3 });
    expect(importExitCode(summary)).toBe(3);
  });

  it('rejects a reason of more than 500 characters and takes one of 500', async () => {
    const { closes } = setUp();
    const { rejects, counts } = await closes(
      fileOf('conversation_id,reason', `${idOf(1)},${'x'.repeat(501)}`, `${idOf(2)},${'x'.repeat(500)}`),
    );
    expect(rejects).toMatchObject([{ line: 2, code: 'invalid_reason' }]);
    expect(counts.accepted).toBe(1);
  });

  it('stops at a quote that is never closed: nothing after it is asked for', async () => {
    const { closes, rows } = setUp();
    const summary = await closes(
      fileOf('conversation_id,reason', idOf(1).concat(','), `${idOf(2)},"x`, `${idOf(3)},`),
    );
    expect(summary.rejects).toMatchObject([{ line: 3, code: 'unclosed_quote' }]);
    expect(summary.rows).toHaveLength(2);
    expect(rows('SELECT conversation_id FROM close_requests')).toEqual([[idOf(1)]]);
    expect(importExitCode(summary)).toBe(3);
  });

  it('says in JSON what it says in its summary', async () => {
    const { closes } = setUp();
    expect(importJson(await closes(fileOf(idOf(1))))).toEqual({
      import: { id: 1, kind: 'closes', file: 'list.csv' },
      dryRun: false,
      counts: { rows: 1, accepted: 1, changed: 0, unchanged: 0, rejected: 0 },
      rejects: [],
      rejectsFile: null,
      interruptedAtLine: null,
      exitCode: 0,
      message: 'list.csv: list of closes with 1 row, 1 taken.',
    });
  });
});

describe('a list of closes that was imported before', () => {
  it('is refused, names the import, and asks for nothing', async () => {
    const { closes, rows } = setUp();
    await closes(fileOf(idOf(1)), { file: 'first.csv' });
    const second = closes(fileOf(idOf(1)), { file: 'second.csv' });
    await expect(second).rejects.toThrow(UsageError);
    await expect(second).rejects.toThrow(
      'second.csv was imported before (import 1, finished 2026-11-10T03:00:00.000Z, as first.csv)',
    );
    expect(rows('SELECT count(*) FROM imports')).toEqual([[1]]);
    expect(rows('SELECT count(*) FROM close_requests')).toEqual([[1]]);
  });

  it('is imported once more with --again', async () => {
    const { closes } = setUp();
    await closes(fileOf(idOf(1)));
    const summary = await closes(fileOf(idOf(1)), { again: true });
    expect(summary.alreadyImported).toMatchObject({ id: 1 });
    expect(summary.counts).toEqual({ rows: 1, accepted: 0, changed: 0, unchanged: 1, rejected: 0 });
  });

  it('is another list when one byte differs, and a mapping of the same bytes is no list', async () => {
    const { closes, mapping } = setUp();
    const list = fileOf('conversation_id,reason', `${idOf(1)},x`);
    await closes(list);
    expect((await closes(`${list}\n`)).counts).toMatchObject({ unchanged: 1 });
    await expect(mapping(list)).rejects.toThrow('lacks the column');
  });
});

describe('a list of closes that is unusable as a whole', () => {
  it.each([
    ['an empty file', '', /empty/],
    [
      'no id in the first line',
      fileOf('id', idOf(1)),
      /lacks the column conversation_id; its first line has "id"/,
    ],
    ['a misspelt column', fileOf('conversationid,reason'), /did you mean conversation_id/],
    [
      'a mapping, which would close everything',
      fileOf('session_id,conversation_id,started_at', `s,${idOf(1)},2026-11-01`),
      /is a mapping, not a list/,
    ],
  ])('is refused for %s, and nothing is written', async (_, content, message) => {
    const { closes, rows } = setUp();
    const refusal = closes(content);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(message);
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
  });

  it('is refused when it is larger than 64 MiB', async () => {
    const { closes } = setUp();
    await expect(closes(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20))).rejects.toThrow(/larger than 64 MiB/);
  });
});
