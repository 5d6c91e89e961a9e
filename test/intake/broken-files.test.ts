import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { importMapping } from '../../src/intake/import-mapping.ts';
import { importExitCode } from '../../src/intake/summary.ts';
import { fileOf, HEADER, idOf, NOW, PLAIN, rowOf, setUp } from './harness.ts';

const ids = 'SELECT conversation_id FROM mappings ORDER BY 1';
const WITH_NOTE = `${HEADER},note`;

describe('a quote that is not closed', () => {
  it('is reported with its line when it swallows the rest of the file, and never passes as success', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(
      fileOf(HEADER, rowOf(1), `"s-2,${idOf(2)},2026-11-01,,`, rowOf(3), rowOf(4)),
    );
    expect(summary.rejects).toMatchObject([{ line: 3, code: 'unclosed_quote' }]);
    expect(summary.rejects[0]?.message).toContain('never closed');
    expect(importExitCode(summary)).toBe(3);
    expect(rows(ids)).toEqual([[idOf(1)]]);
  });

  it('is reported when the swallowed end is longer than any record', async () => {
    const { mapping } = setUp();
    const lines = Array.from({ length: 2_000 }, (_, n) => rowOf(n + 3));
    const summary = await mapping(fileOf(HEADER, rowOf(1), `"s-2,${idOf(2)},2026-11-01,,`, ...lines));
    expect(summary.rejects).toMatchObject([{ line: 3, code: 'unclosed_quote' }]);
    expect(summary.counts).toEqual({ rows: 2, accepted: 1, changed: 0, unchanged: 0, rejected: 1 });
  });

  it('is reported when a later quote breaks off inside a value, and the rows after it go in', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(
      fileOf(WITH_NOTE, `${rowOf(1)},"oops`, `${rowOf(2)},"fine"`, `${rowOf(3)},"fine"`),
    );
    expect(summary.rejects).toMatchObject([{ line: 2, code: 'unclosed_quote' }]);
    expect(rows(ids)).toEqual([[idOf(3)]]);
  });

  it('is reported when a later quote closes it so that the grammar is content', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(
      fileOf(WITH_NOTE, `${rowOf(1)},"oops`, `${rowOf(2)},plain`, `${rowOf(3)},"`, `${rowOf(4)},plain`),
    );
    expect(summary.rejects).toMatchObject([{ line: 2, code: 'unclosed_quote' }]);
    expect(summary.rejects[0]?.raw).toContain(idOf(3));
    expect(rows(ids)).toEqual([[idOf(4)]]);
  });

  it('is not suspected in a note of several lines that mentions a conversation', async () => {
    const { mapping } = setUp();
    const summary = await mapping(
      fileOf(WITH_NOTE, `${rowOf(1)},"see\nthe one before, ${idOf(7)}: same customer"`),
    );
    expect(summary.counts).toMatchObject({ accepted: 1, rejected: 0 });
  });
});

describe('a row that is too long', () => {
  it('is rejected, and the rows after it go in', async () => {
    const { mapping, rows } = setUp();
    const summary = await mapping(fileOf(WITH_NOTE, `${rowOf(1)},${'x'.repeat(70_000)}`, `${rowOf(2)},ok`));
    expect(summary.rejects).toMatchObject([{ line: 2, code: 'record_too_long' }]);
    expect(rows(ids)).toEqual([[idOf(2)]]);
  });
});

describe('encodings', () => {
  const content = fileOf(HEADER, rowOf(1), `Jürgen 日本,${idOf(2)},2026-11-01,,`);
  const utf16be = Buffer.from(`\uFEFF${content}`, 'utf16le').swap16();
  it.each([
    ['UTF-8', Buffer.from(content)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${content}`)],
    ['UTF-16LE with a byte-order mark', Buffer.from(`\uFEFF${content}`, 'utf16le')],
    ['UTF-16BE with a byte-order mark', utf16be],
  ])('%s is read, also byte by byte', async (_, bytes) => {
    const { mapping, rows } = setUp();
    const summary = await mapping(bytes, { chunk: 1 });
    expect(summary.counts).toMatchObject({ accepted: 2, rejected: 0 });
    expect(rows('SELECT session_id FROM mappings ORDER BY conversation_id')).toEqual([
      ['s-1'],
      ['Jürgen 日本'],
    ]);
  });

  it('a row that is not UTF-8 is rejected with its line, and the others go in', async () => {
    const { mapping, rows } = setUp();
    const bytes = Buffer.concat([
      Buffer.from(fileOf(HEADER, rowOf(1))),
      Buffer.from(fileOf(`Jürgen,${idOf(2)},2026-11-01,,`), 'latin1'),
      Buffer.from(fileOf(rowOf(3))),
    ]);
    const summary = await mapping(bytes);
    expect(summary.rejects).toMatchObject([{ line: 3, code: 'invalid_encoding' }]);
    expect(rows(ids)).toEqual([[idOf(1)], [idOf(3)]]);
  });
});

describe('a file that is unusable as a whole', () => {
  it.each([
    ['an empty file', '', /empty/],
    ['a file of blank lines', '\n\n \r\n', /empty/],
    ['a missing column', 'session_id,conversation_id,user_id', /lacks the column started_at; .*"user_id"/],
    ['no header', rowOf(1), /looks like a row; put a header line/],
    [
      'a misspelt column',
      `${HEADER.replace('activity', 'activty')}`,
      /"last_activty_at"; did you mean last_activity_at/,
    ],
    ['a misspelt required column', HEADER.replace('session_id', 'sesion_id'), /did you mean session_id/],
    ['a column that occurs twice', `${HEADER},USER_ID`, /user_id twice/],
    ['a header with an open quote', `"${HEADER}\n${rowOf(1)}`, /header .* cannot be read/],
    ['UTF-16 without a byte-order mark', Buffer.from(HEADER, 'utf16le'), /UTF-16 without a byte-order mark/],
  ])('is refused for %s, and nothing is written', async (_, content, message) => {
    const { mapping, rows } = setUp();
    const refusal = mapping(content);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(message);
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
    expect(rows('SELECT count(*) FROM mappings')).toEqual([[0]]);
  });

  it('shows a header to a terminal without its control characters', async () => {
    const { mapping } = setUp();
    await expect(mapping('\x1b[31mred,b')).rejects.toThrow(/^\P{Cc}*$/u);
  });

  it('is named when it cannot be read, and its stream is closed', async () => {
    const { store } = setUp();
    const source = createReadStream('/nonexistent/list.csv');
    const clock = { now: () => NOW, sleep: async () => {} };
    const log = { debug: () => {}, info: () => {}, warn: () => {} };
    const seen = { earlierLine: () => null, close: () => {} };
    const options = { ...PLAIN, source, file: 'list.csv', store: store.intake, seen, clock, log };
    const reading = importMapping(options);
    await expect(reading).rejects.toThrow(/^Cannot read list.csv: ENOENT/);
    await expect(reading).rejects.toThrow(UsageError);
    expect(source.destroyed).toBe(true);
  });

  it('is not a file that has only a header', async () => {
    const { mapping } = setUp();
    expect((await mapping(HEADER)).counts).toEqual({
      rows: 0,
      accepted: 0,
      changed: 0,
      unchanged: 0,
      rejected: 0,
    });
  });
});
