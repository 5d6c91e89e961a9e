import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { MAX_RECORD_LENGTH } from '../../src/intake/frame.ts';
import { errorOf } from '../genesys/under-test.ts';
import { batchesOf, fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

const COLUMNS = Array.from({ length: 10_000 }, (_, n) => `c${n}`);

describe('a file of 10,000 columns', () => {
  it('is read when ours are among them, and only some of the others are named', async () => {
    const { mapping, notes } = setUp();
    const names = ['session_id', 'conversation_id', 'started_at', ...COLUMNS.slice(3)];
    const { counts } = await mapping(
      fileOf(names.join(','), `s,${idOf(1)},2026-11-01${','.repeat(COLUMNS.length - 3)}`, rowOf(2)),
    );
    expect(counts).toMatchObject({ accepted: 1, rejected: 1 });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/"c12" and 9987 more$/);
  });

  it('is refused with a sentence of a decent length when they are not', async () => {
    const { mapping } = setUp();
    const error = await errorOf(mapping(COLUMNS.join(',')));
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/"c9" and 9990 more\. Rename or add the columns, or run /);
  });

  it('is read in small parts, so that a gigabyte of commas does not fill the memory', async () => {
    const row = Buffer.from(`${','.repeat(MAX_RECORD_LENGTH - 1)}\n`);
    const batches = await batchesOf(...Array.from({ length: 10 }, () => row));
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(5);
    expect(batches.flat()).toHaveLength(10);
  });
});

describe('a file given by mistake', () => {
  const zip = Buffer.from('504b03041400060008000000210041378200ff0d0a2c22', 'hex');
  it.each(['mapping', 'closes'] as const)(
    'such as a workbook is refused as a %s by its name',
    async (kind) => {
      const { [kind]: importAs, rows } = setUp();
      await expect(importAs(zip)).rejects.toThrow(
        new UsageError('list.csv is a ZIP archive or an Excel workbook; export it as CSV in UTF-8.'),
      );
      expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
    },
  );

  it('such as a picture is refused, and nothing is written', async () => {
    const { closes, rows } = setUp();
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    await expect(closes(png)).rejects.toThrow(UsageError);
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
  });
});

describe('a value that a spreadsheet would run', () => {
  it('is kept as it is: it is data until somebody writes it into a spreadsheet', async () => {
    const { mapping, rows } = setUp();
    const formula = '=HYPERLINK("http://evil.example","x")';
    await mapping(fileOf(HEADER, `"${formula.replaceAll('"', '""')}",${idOf(1)},2026-11-01,,`));
    expect(rows('SELECT session_id FROM mappings')).toEqual([[formula]]);
  });
});

describe('a value longer than any record', () => {
  it.each([
    ['in quotes', `"${'x'.repeat(MAX_RECORD_LENGTH)}"`],
    ['in quotes, with lines', `"${'x\n'.repeat(MAX_RECORD_LENGTH / 2)}"`],
    ['plain', 'x'.repeat(MAX_RECORD_LENGTH)],
  ])('%s is rejected with its line, and what follows goes in', async (_, value) => {
    const { mapping, rows } = setUp();
    const { rejects } = await mapping(fileOf(HEADER, `${value},${idOf(1)},2026-11-01,,`, rowOf(2)));
    expect(rejects).toMatchObject([{ line: 2, code: 'record_too_long' }]);
    expect(rows('SELECT conversation_id FROM mappings')).toEqual([[idOf(2)]]);
  });
});

describe('a name of a file', () => {
  it('that could steer a terminal or hide others is recorded without that', async () => {
    const { closes, rows } = setUp();
    await closes(idOf(1), { file: 'a\x1b[2J\u202Evsc.csv' });
    expect(rows('SELECT file FROM imports')).toEqual([['a?[2J?vsc.csv']]);
    expect(rows('SELECT origin FROM close_requests')).toEqual([['csv:a?[2J?vsc.csv#1']]);
  });
});
