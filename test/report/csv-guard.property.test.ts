import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultsCsv } from '../../src/cli/render/results.ts';
import { closeList } from '../../src/report/close-list.ts';
import { renderCsv, toCsv } from '../../src/report/formats/csv.ts';
import { anOutcome } from '../domain/make.ts';
import { tries } from '../helpers/fuzz.ts';
import { idOf, NOW, setUp } from '../intake/harness.ts';

const rowsIn = (csv: string): string[][] => parse(csv, { record_delimiter: '\r\n' });
/** Said in another way than in the product: what is left once all that nobody sees is gone. */
const isRun = (cell: string) =>
  '=+-@＝＋－＠'.includes(cell.replace(/[\s\p{Cc}\p{Cf}]/gu, '').at(0) ?? 'x') ||
  '\t\r\n'.includes(cell.at(0) ?? 'x');

const start = fc.constantFrom(
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  ' ',
  '\u00a0',
  '\ufeff',
  '\u200b',
  '＝',
  '－',
  '',
  '"',
  ',',
);
const hostile = fc
  .tuple(
    fc.array(start, { maxLength: 3 }),
    fc.oneof(fc.string(), fc.constantFrom('1+1', 'cmd|x!A1', idOf(9))),
  )
  .map(([begin, rest]) => begin.join('') + rest);

import { reportOn, row } from './make.ts';

describe('a cell of any CSV that we write', () => {
  it.each([' =1', '\ufeff=1', '\u200b@x', '＝1', '＋1', '－1', '＠x', '\n=1', '\u00a0-1'])(
    'is not run by a spreadsheet: %j',
    (cell) => {
      expect(rowsIn(toCsv(['a'], [[cell]]))).toEqual([['a'], [`'${cell}`]]);
    },
  );

  it('is text, or a number of ours, whatever it holds, and is otherwise unchanged', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 2, maxLength: 4 }), (cells) => {
        const [, row = []] = rowsIn(toCsv(cells.map(String), [cells]));
        expect(row.filter(isRun)).toEqual([]);
        expect(row.map((cell, at) => (cell === cells[at] ? cell : cell.slice(1)))).toEqual(cells);
      }),
      tries(1_000),
    );
  });

  it('in a report, and in the results of a list, is no formula either', () => {
    fc.assert(
      fc.property(hostile, hostile, (origin, raw) => {
        const question = { since: NOW, until: NOW + 1, now: NOW, by: 'origin' } as const;
        const report = renderCsv(reportOn([row(NOW, { origin })], question), { bom: false });
        const reject = {
          line: 1,
          conversationId: null,
          raw,
          status: 'rejected',
          code: 'invalid_id',
        } as const;
        const results = resultsCsv([reject], new Map());
        expect([...rowsIn(report), ...rowsIn(results)].flat().filter(isRun)).toEqual([]);
      }),
      tries(300),
    );
  });
});

describe('the list of a dry run', () => {
  it('is taken back whole, whatever the sessions and queues in it are called', async () => {
    const { closes } = setUp();
    let last = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 4 }),
        async (names) => {
          const outcomes = names.map(([sessionId, queueId]) =>
            anOutcome({
              conversationId: idOf(++last),
              outcome: 'would_close',
              reason: 'stale',
              sessionId,
              queueId,
            }),
          );
          const { counts } = await closes(closeList(outcomes));
          expect(counts).toMatchObject({ accepted: names.length, rejected: 0 });
        },
      ),
      tries(150),
    );
  });
});
