import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/command.ts';
import { createImportView, importLine, importText } from '../../src/cli/import-progress.ts';

const progress = { rows: 312_000, rejected: 12, bytes: 24_000_000 };

describe('the progress of an import', () => {
  it('tells rows, bytes, rejects, pace and how long still, after a bar as wide as there is room', () => {
    const text = '312000 rows, 24 of 78 MB, 12 rejected, 20800/s, 34s left';
    expect(importText(progress, 78_000_000, 15_000)).toBe(text);
    expect(importLine(progress, 78_000_000, 15_000, 80)).toBe(`${'━'.repeat(7)}${'╌'.repeat(15)} ${text}`);
    expect(importLine(progress, 78_000_000, 15_000, 200)).toBe(`${'━'.repeat(7)}${'╌'.repeat(17)} ${text}`);
    expect(importLine(progress, 78_000_000, 15_000, 60)).toBe(text);
  });

  it('of standard input has no bar and no end', () => {
    expect(importLine(progress, null, 15_000, 80)).toBe('312000 rows, 24 MB, 12 rejected, 20800/s');
  });

  it.each([
    [{ rows: 0, rejected: 0, bytes: 0 }, 0, '0 rows, 0.0 of 78 MB, 0/s'],
    [{ rows: 9, rejected: 0, bytes: 78_000_000 }, 1_000, '9 rows, 78 of 78 MB, 9/s'],
    [{ rows: 9, rejected: 0, bytes: 80_000_000 }, 1_000, '9 rows, 80 of 78 MB, 9/s'],
  ])('makes sense at the beginning and at the end: %j', (at, elapsedMs, text) => {
    expect(importText(at, 78_000_000, elapsedMs)).toBe(text);
    expect(importLine(at, 78_000_000, elapsedMs, 80)).toMatch(/^[━╌]+ \d+ rows/);
  });

  it.each([0, 1_000])('of an empty file is no nonsense', (elapsedMs) => {
    expect(importLine({ rows: 0, rejected: 0, bytes: 0 }, 0, elapsedMs, 80)).not.toMatch(/NaN|Infinity/);
  });

  it.each([20, 40, 79, 80])('fits %i columns', (columns) => {
    const long = { rows: 1_000_000_000, rejected: 999_999_999, bytes: 78_000_000_000 };
    expect(importLine(long, 99_000_000_000, 7_200_000, columns).length).toBeLessThan(columns);
  });

  it('where there is no terminal comes as a line every ten seconds at most', async () => {
    let now = 0;
    const lines: string[] = [];
    const context = {
      io: { clock: { now: () => now }, stderr: {}, env: {} },
      out: { quiet: false, json: false },
      log: { info: (line: string) => lines.push(line) },
    } as unknown as Context;
    const view = await createImportView(context, null);
    for (; now <= 30_000; now += 100) view.update({ rows: now, rejected: 0, bytes: now });
    expect(lines).toEqual(['10000', '20000', '30000'].map((n) => `${n} rows, 0.0 MB, 1000/s`));
  });
});
