import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { type ImportSummary, importExitCode } from '../../src/intake/summary.ts';
import { tries } from '../helpers/fuzz.ts';
import { HEADER, idOf, setUp } from './harness.ts';

type Place = ReturnType<typeof setUp>;

const STATE = `SELECT (SELECT count(*) FROM imports), (SELECT count(*) FROM import_rejects),
  (SELECT count(*) FROM mappings), (SELECT count(*) FROM close_requests)`;

/** Imports into a database that is there already; either a sentence and nothing written, or everything accounted for. */
async function demandAccount(
  { rows }: Place,
  attempt: () => Promise<ImportSummary>,
): Promise<ImportSummary | null> {
  const before = rows(STATE);
  let summary: ImportSummary;
  try {
    summary = await attempt();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message.length).toBeLessThan(2_000);
    expect(rows(STATE)).toEqual(before);
    return null;
  }
  const { counts, id, rejects } = summary;
  expect(counts.rows).toBe(counts.accepted + counts.unchanged + counts.rejected);
  expect(importExitCode(summary)).toBe(counts.rejected > 0 ? 3 : 0);
  expect(rejects.length).toBe(counts.rejected);
  expect(
    rows(`SELECT line, code, message FROM import_rejects WHERE import_id = ${id} ORDER BY rowid`),
  ).toEqual(rejects.map(({ line, code, message }) => [line, code, message]));
  return summary;
}

const piece = fc.oneof(
  fc.constantFrom(HEADER, 'conversation_id,reason', 'conversation_id', idOf(1), idOf(2), '2026-11-01'),
  fc.constantFrom(',', '\n', '\r', '\r\n', '"', '""', '\0', '\ufeff', ' ', ';', '\t', '=cmd', 's-1'),
  fc.constantFrom(`s,${idOf(3)},2026-11-01T00:00:00Z,,\n`, `${idOf(4)},why\n`, `"${idOf(5)}"\r`),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const content = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(piece), fc.constantFrom('utf8', 'utf8', 'utf8', 'latin1', 'utf16le'))
      .map(([pieces, encoding]) => Buffer.from(pieces.join(''), encoding)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(HEADER, 'conversation_id,reason'), fc.array(piece))
      .map(([header, pieces]) => Buffer.from(`${header}\n${pieces.join('')}`)),
  },
);

describe('a file of whatever bytes', () => {
  it('as a mapping is accounted for row by row, or refused and nothing written', async () => {
    const place = setUp();
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        await demandAccount(place, () => place.mapping(bytes));
      }),
      tries(250),
    );
  });

  it('as a list of closes is accounted for row by row, or refused and nothing written', async () => {
    const place = setUp();
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const summary = await demandAccount(place, () => place.closes(bytes, { again: true }));
        if (summary !== null) expect(summary.rows?.length).toBe(summary.counts.rows);
      }),
      tries(250),
    );
  });
});

let last = 1_000;
/** Rows whose fate is known: what they look like, and the code of their rejection (null: taken, undefined: blank). */
const ROWS: readonly (readonly [name: string, row: (id: string) => string, code?: string | null])[] = [
  ['good', (id) => `s,${id},2026-11-01T08:00:00Z,,u`, null],
  ['in capitals and quotes', (id) => `"s""1","${id.toUpperCase()}",2026-11-01,,`, null],
  ['with a note of two lines', (id) => `"s, one",${id},2026-11-01,,""`, null],
  ['blank', () => '  '],
  ['without an id', () => 's,,2026-11-01,,', 'missing_value'],
  ['with a wrong id', (id) => `s,${id}0,2026-11-01,,`, 'invalid_id'],
  ['with a path for an id', () => 's,../../users/me,2026-11-01,,', 'invalid_id'],
  ['too short', (id) => `s,${id}`, 'column_count'],
  ['too long', (id) => `s,${id},2026-11-01,,,,`, 'column_count'],
  ['without a zone', (id) => `s,${id},2026-11-01T08:00:00,,`, 'invalid_time'],
  ['of the year 1', (id) => `s,${id},0001-01-01T00:00:00Z,,`, 'invalid_time'],
  ['of the far future', (id) => `s,${id},2999-01-01T00:00:00Z,,`, 'future_time'],
  ['with a NUL', (id) => `s\0,${id},2026-11-01,,`, 'nul_byte'],
  ['with an escape sequence', (id) => `s\x1b[2J,${id},2026-11-01,,`, 'invalid_session'],
  ['with a session of two lines', (id) => `"s\n1",${id},2026-11-01,,`, 'invalid_session'],
  ['with a quote in a value', (id) => `"s"1,${id},2026-11-01,,`, 'bad_quote'],
  ['with a long session', (id) => `${'s'.repeat(300)},${id},2026-11-01,,`, 'invalid_session'],
];

describe('a file of rows, some of them bad', () => {
  it('takes exactly the good ones and names the lines of all others', async () => {
    const place = setUp();
    const written = fc.array(fc.tuple(fc.constantFrom(...ROWS), fc.constantFrom('\n', '\r\n', '\r')), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(written, async (list) => {
        let text = `${HEADER}\n`;
        const good: string[] = [];
        const bad: unknown[] = [];
        for (const [[, row, code], end] of list) {
          const id = idOf(++last);
          if (code === null) good.push(id);
          else if (code !== undefined) bad.push([text.split(/\r\n|\r|\n/).length, code]);
          text += row(id) + end;
        }
        const {
          counts,
          rejects,
          id: importId,
        } = (await demandAccount(place, () => place.mapping(text))) as ImportSummary;
        expect(counts).toEqual({
          rows: good.length + bad.length,
          accepted: good.length,
          changed: 0,
          unchanged: 0,
          rejected: bad.length,
        });
        expect(rejects.map(({ line, code }) => [line, code])).toEqual(bad);
        expect(importId).toBeGreaterThan(0);
        const from = idOf(last - list.length);
        const taken = place.rows(
          `SELECT conversation_id FROM mappings WHERE conversation_id > '${from}' ORDER BY 1`,
        );
        expect(taken).toEqual(good.map((id) => [id]));
      }),
      tries(200),
    );
  });
});
