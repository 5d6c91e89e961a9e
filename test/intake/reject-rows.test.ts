import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RECORD_LENGTH } from '../../src/intake/frame.ts';
import type { RejectLine } from '../../src/intake/reject-rows.ts';
import { csvLines } from '../../src/report/formats/csv.ts';
import { tries } from '../helpers/fuzz.ts';
import { type Content, fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

type Place = ReturnType<typeof setUp>;
type Kind = 'mapping' | 'closes';

/** Imports a file, and answers with the file of its rejects; empty when there were none. */
async function rejectsOf(place: Place, kind: Kind, content: string | Buffer, options: Content = {}) {
  let file = '';
  const onRejects = (lines: readonly RejectLine[]) => {
    file += csvLines(lines);
  };
  const summary = await place[kind](content, { again: true, ...options, onRejects });
  return { file, summary, codes: summary.rejects.map(({ code }) => code) };
}

describe('the file of rejected rows', () => {
  it('has the columns and values of the original, and why each row did not go in', async () => {
    const place = setUp();
    const { file } = await rejectsOf(
      place,
      'mapping',
      fileOf(`${HEADER},Note`, rowOf(1).concat(','), `s,nope,2026-11-01,,, "=1+1, ""x""" `, 's,x'),
    );
    expect(file.split('\r\n')).toEqual([
      'session_id,conversation_id,started_at,last_activity_at,user_id,Note,line,code,message',
      `s,nope,2026-11-01,,,"'=1+1, ""x""",3,invalid_id,"""nope"" in conversation_id is not a UUID."`,
      's,x,4,column_count,The row has 2 columns instead of 6; put values with commas in quotes.',
      '',
    ]);
  });

  it('comes batch by batch with one header, and not at all when all is well', async () => {
    const bad = Array.from({ length: 2_500 }, (_, n) => `s,bad-${n},2026-11-01,,`);
    const batches: number[] = [];
    const onRejects = (lines: readonly RejectLine[]) => void batches.push(lines.length);
    await setUp().mapping(fileOf(HEADER, ...bad), { onRejects });
    expect(batches.reduce((sum, n) => sum + n)).toBe(2_501);
    expect(Math.max(...batches)).toBeLessThanOrEqual(1_001);

    expect(await rejectsOf(setUp(), 'mapping', fileOf(HEADER, rowOf(1)))).toMatchObject({ file: '' });
  });

  it('keeps what has no columns as text in the first, safe for a spreadsheet', async () => {
    const { file } = await rejectsOf(
      setUp(),
      'mapping',
      fileOf(HEADER, `=cmd"|x",${idOf(1)},2026-11-01,,`, '"', 'a\0'),
    );
    const rows = parse(file, { from: 2 });
    expect(rows.map(([first, , , , , line, code]: string[]) => [first, line, code])).toEqual([
      [`'=cmd"|x",${idOf(1)},2026-11-01,,`, '2', 'bad_quote'],
      ['"\u2424a?', '3', 'unclosed_quote'],
    ]);
  });

  it('of a list without a header gets one', async () => {
    const place = setUp();
    const { file } = await rejectsOf(place, 'closes', fileOf(`${idOf(1)},a`, 'nonsense,b'));
    expect(file).toMatch(/^conversation_id,reason,line,code,message\r\nnonsense,b,2,invalid_id,/);
    const corrected = file.replace('nonsense', idOf(2));
    expect((await place.closes(corrected)).counts).toMatchObject({ rows: 1, accepted: 1 });
  });

  it('is not noted for its own columns, and its rejects have them once', async () => {
    const place = setUp();
    const first = await rejectsOf(place, 'mapping', fileOf(`=x,${HEADER}`, `=y,s,nope,2026-11-01,,`));
    place.notes.length = 0;
    const second = await rejectsOf(place, 'mapping', first.file);
    expect(place.notes).toEqual(['list.csv: columns that are not used: "=x"']);
    expect(second.file).toBe(first.file);
  });

  it('is recognised only when its three columns come last, in their order', async () => {
    const { mapping, rows } = setUp();
    await mapping(fileOf(`line,code,message,${HEADER}`, `1,2,3,'=s,${idOf(1)},2026-11-01,,`));
    await mapping(fileOf(`${HEADER},code,line,message`, `'=s,${idOf(2)},2026-11-01,,,1,2,3`));
    await mapping(fileOf(`${HEADER},line,code,message`, `'=s,${idOf(3)},2026-11-01,,,1,2,3`));
    expect(rows('SELECT session_id FROM mappings ORDER BY conversation_id')).toEqual([
      ["'=s"],
      ["'=s"],
      ['=s'],
    ]);
  });

  it('has a repeated row too, which is known when it comes again', async () => {
    const place = setUp();
    const { file, codes } = await rejectsOf(place, 'mapping', fileOf(HEADER, rowOf(1), rowOf(1)));
    expect(codes).toEqual(['duplicate']);
    expect((await place.mapping(file)).counts).toMatchObject({ rows: 1, unchanged: 1, rejected: 0 });
  });
});

let last = 1_000_000;
/** A cell that no check has anything against, as hostile as it may be; it must come back as it was. */
const note = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...'a,;|\t"\'=+-@ \n\r\uff1d\u200b'), maxLength: 8 }),
    fc.constantFrom("'=1", "''@x", '=HYPERLINK("x")', '-5', '\u200b=1', '日本😀'),
  )
  .map((text) => text.trim());

/** Rows of session, conversation, start, note that are rejected whatever else there is, cell by cell or as text. */
const BAD_CELLS: readonly ((note: string) => string[])[] = [
  (x) => ['s', '', '2026-11-01', x],
  (x) => ['=s', 'nope', '2026-11-01', x],
  (x) => ["'=s", '../x', '2026-11-01', x],
  (x) => ['s', idOf(++last), 'yesterday', x],
  (x) => ['s', idOf(++last), '2999-01-01', x],
  (x) => ['', idOf(++last), '2026-11-01', x],
  (x) => ['a\u0007', idOf(++last), '2026-11-01', x],
  (x) => ['s', idOf(++last), `2026-11-01\0`, x],
  (x) => ['s\ufffd', idOf(++last), '2026-11-01', x],
  (x) => ['s'.repeat(201), idOf(++last), '2026-11-01', x],
  (x) => ['s', idOf(++last), x],
  (x) => ['s', idOf(++last), '2026-11-01', x, x],
  () => ['x'],
];
const BAD_TEXT = [
  `"s"1,${idOf(1)},2026-11-01,`,
  `=s"1",${idOf(1)},2026-11-01,x`,
  `s,"a"\0b,x`,
  `"s\n,${idOf(1)}," x`,
  'x'.repeat(MAX_RECORD_LENGTH + 1),
  `"\n${idOf(1)}\n${'x'.repeat(MAX_RECORD_LENGTH)}"`,
];

const written = (cells: readonly string[], delimiter: string) =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter);

const badRow = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...BAD_CELLS), note).map(([row, x]) => row(x)) },
  { weight: 1, arbitrary: fc.constantFrom(...BAD_TEXT) },
);
const brokenFile = fc.record({
  rows: fc.array(badRow, { minLength: 1, maxLength: 6 }),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  encoding: fc.constantFrom('utf8', 'utf16le'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  isOpen: fc.boolean(),
});
const COLUMNS = ['session_id', 'conversation_id', 'started_at', '=note'];

function bytesOf({
  rows,
  delimiter,
  encoding,
  end,
  isOpen,
}: typeof brokenFile extends fc.Arbitrary<infer T> ? T : never) {
  const lines = rows.map((row) =>
    typeof row === 'string' ? row.replaceAll(',', delimiter) : written(row, delimiter),
  );
  const text = [written(COLUMNS, delimiter), ...lines, isOpen ? `"open ${idOf(1)}` : ''].join(end);
  return Buffer.from(`\ufeff${text}`, encoding as BufferEncoding);
}

describe('the rejected rows of any broken file', () => {
  it('corrected by nothing, are rejected again with the same codes, and with the same values', async () => {
    const place = setUp();
    await fc.assert(
      fc.asyncProperty(brokenFile, async (broken) => {
        const first = await rejectsOf(place, 'mapping', bytesOf(broken));
        expect(first.codes.length).toBeGreaterThan(0);
        const second = await rejectsOf(place, 'mapping', first.file);
        expect(second.codes).toEqual(first.codes);
        const third = await rejectsOf(place, 'mapping', second.file);
        expect(third.codes).toEqual(first.codes);
        expect(valuesIn(third.file)).toEqual(valuesIn(first.file));
      }),
      tries(50),
    );
  });

  it('corrected, are all taken, and what was not corrected comes in as it was', async () => {
    const place = setUp();
    const firstCell = fc.tuple(
      badRow,
      note.filter((text) => text !== '' && !/[\p{Cc}\ufffd]/u.test(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(firstCell, { minLength: 1, maxLength: 5 }), async (list) => {
        const rows = list.map(([row]) => row);
        const broken = { rows, delimiter: ';', encoding: 'utf8', end: '\n', isOpen: true } as const;
        const { file, summary } = await rejectsOf(place, 'mapping', bytesOf(broken));
        const [header, ...bad] = parse(file, { relax_column_count: true }) as string[][];
        const from = last;
        const good = bad.map((cells, at) => {
          const session = list[at % list.length]?.[1] ?? 's';
          // As a spreadsheet would show it: with the apostrophe that its guard needs.
          const shown = /^'*[\s\u200b]*[=+\-@\uff1d]/.test(session) ? `'${session}` : session;
          return [shown, idOf(++last), '2026-11-01', '', ...cells.slice(-3)];
        });
        const { counts, rejects } = await place.mapping(csvLines([header ?? [], ...good]));
        expect(rejects).toEqual([]);
        expect(counts).toEqual({
          rows: bad.length,
          accepted: bad.length,
          changed: 0,
          unchanged: 0,
          rejected: 0,
        });
        expect(summary.counts.rejected).toBe(bad.length);
        const taken = place.rows(
          `SELECT session_id FROM mappings WHERE conversation_id > '${idOf(from)}' ORDER BY conversation_id`,
        );
        expect(taken).toEqual(bad.map((_, at) => [list[at % list.length]?.[1]]));
      }),
      tries(20),
    );
  });
});

/** All but the line numbers and the sentences, which tell the columns of the file at hand. */
function valuesIn(file: string): string[][] {
  const [header = [], ...rows] = parse(file, { relax_column_count: true }) as string[][];
  return [header, ...rows.map((cells) => [...cells.slice(0, -3), cells.at(-2) ?? ''])];
}
