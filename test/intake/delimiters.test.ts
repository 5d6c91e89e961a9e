import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { type Content, fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

const IDS = 'SELECT session_id, conversation_id FROM mappings ORDER BY 2';
const BOTH = [
  ['s-1', idOf(1)],
  ['s-2', idOf(2)],
];
const by = (delimiter: string) => fileOf(HEADER, rowOf(1), rowOf(2)).replaceAll(',', delimiter);

describe('what separates the values', () => {
  it.each([
    [',', ','],
    [';', ';'],
    ['tabs', '\t'],
    ['|', '|'],
  ])('is found in the header: %s', async (_, delimiter) => {
    const { mapping, rows } = setUp();
    const { counts } = await mapping(by(delimiter), { chunk: 1 });
    expect(counts).toMatchObject({ accepted: 2, rejected: 0 });
    expect(rows(IDS)).toEqual(BOTH);
  });

  it('is not looked for within quotes, also those of several lines', async () => {
    const { mapping, rows } = setUp();
    const { rejects } = await mapping(
      fileOf(
        '"one, two\nthree, four, five";session_id;conversation_id;started_at',
        `"a;b,c";s-1;${idOf(1)};2026-11-01`,
        `x;"s;2";${idOf(2)};2026-11-01`,
        `x;s;3;${idOf(3)};2026-11-01`,
      ),
    );
    expect(rejects).toMatchObject([
      { line: 5, code: 'column_count', message: expect.stringContaining('values with semicolons in quotes') },
    ]);
    expect(rows(IDS)).toEqual([
      ['s-1', idOf(1)],
      ['s;2', idOf(2)],
    ]);
  });

  it('is the comma wherever that makes the header complete, as it always was', async () => {
    const { mapping, rows, notes } = setUp();
    await mapping(fileOf(`${HEADER},a;session_id;conversation_id|started_at`, `${rowOf(1)},x;y`));
    expect(rows(IDS)).toEqual([['s-1', idOf(1)]]);
    expect(notes).toEqual([expect.stringContaining('"a;session_id;conversation_id|started_at"')]);
  });

  it('is told by the mapped headers too', async () => {
    const { mapping, rows } = setUp();
    const map = new Map([
      ['session_id', 'A, B'],
      ['conversation_id', 'C'],
      ['started_at', 'D'],
    ]);
    await mapping(fileOf('A, B|C|D', `s-1|${idOf(1)}|2026-11-01`), { map });
    expect(rows(IDS)).toEqual([['s-1', idOf(1)]]);
  });

  it('of a bare list is told by the id at its beginning', async () => {
    const { closes, rows } = setUp();
    await closes(fileOf(`${idOf(1)};done, at last`, `${idOf(2)};`));
    expect(rows('SELECT conversation_id, reason FROM close_requests ORDER BY id')).toEqual([
      [idOf(1), 'done, at last'],
      [idOf(2), null],
    ]);
  });

  it('is taken as it is given, whatever the header looks like', async () => {
    const { closes, rows } = setUp();
    const list = fileOf('conversation_id;x|conversation_id', `${idOf(1)};x|${idOf(2)}`);
    await closes(list, { delimiter: '|' });
    expect(rows('SELECT conversation_id FROM close_requests')).toEqual([[idOf(2)]]);
  });

  const refused: readonly (readonly [string, string, Content, RegExp])[] = [
    [
      'two fit as well',
      'conversation_id;x|conversation_id',
      {},
      /^list.csv could be separated by semicolons or by bars; say which with --delimiter ';' or --delimiter '\|'\.$/,
    ],
    ['neither fits and both split', 'a;b|c', {}, /could be separated by semicolons or by bars/],
    [
      'the wrong one is given',
      'conversation_id;reason',
      { delimiter: '\t' },
      /seems to be separated by semicolons; leave --delimiter out, or give --delimiter ';'\.$/,
    ],
  ];
  it.each(refused)('is asked for when %s, and nothing is written', async (_, header, options, message) => {
    const { closes, rows } = setUp();
    const refusal = closes(fileOf(header, idOf(1)), options);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(message);
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
  });

  it('sees rows that a forgotten quote has swallowed by the same delimiter', async () => {
    const { mapping, rows } = setUp();
    const lines = [`${HEADER},note`, `${rowOf(1)},"oops`, `${rowOf(2)},x`, `${rowOf(3)},"`, `${rowOf(4)},x`];
    const { rejects } = await mapping(fileOf(...lines).replaceAll(',', ';'));
    expect(rejects).toMatchObject([{ line: 2, code: 'unclosed_quote' }]);
    expect(rows(IDS)).toEqual([['s-4', idOf(4)]]);
  });
});
