import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framer } from '../../src/intake/frame.ts';
import { tries } from '../helpers/fuzz.ts';
import { batchesOf } from './harness.ts';

const rowsOf = async (chunks: readonly Uint8Array[]) => (await batchesOf(...chunks)).flat();

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to));
}

const places = fc.array(fc.nat(), { maxLength: 6 });
/** What grammars stumble over, as text. */
const soup = fc.string({
  unit: fc.constantFrom(...'ab,,"""\n\n\r\r \t\u00a0\u2028\ufeff\ufffd\0é日😀;\''),
  maxLength: 120,
});
const ENCODINGS = {
  'UTF-8': (text: string) => Buffer.from(text),
  'UTF-8 with a mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
} as const;
const encode = fc.constantFrom(...Object.values(ENCODINGS));

describe('the records of a file', () => {
  it('are the same however its bytes are cut into chunks', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.tuple(soup, encode).map(([text, encoded]) => encoded(text)),
      fc.tuple(soup, fc.constantFrom('latin1', 'utf16le')).map(([text, plain]) => Buffer.from(text, plain)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, places, async (whole, cuts) => {
        expect(await rowsOf(cut(whole, cuts))).toEqual(await rowsOf([whole]));
      }),
      tries(1_500),
    );
  });

  it('take in every line that is not blank, each once, in their order', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const framer = new Framer();
        const frames = [...framer.push(text), ...framer.end()];
        const lines = text.split(/\r\n|\r|\n/);
        const taken = frames.flatMap(({ line, lastLine }) =>
          Array.from({ length: lastLine - line + 1 }, (_, n) => line + n),
        );
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        const left = lines.filter((_, at) => !taken.includes(at + 1));
        expect(left.join('').trim()).toBe('');
        expect(Math.max(0, ...taken)).toBeLessThanOrEqual(lines.length);
      }),
      tries(3_000),
    );
  });

  it('are a table again that somebody else has written, whatever is in it and however it is quoted', async () => {
    const cell = fc
      .oneof(
        fc.string({ unit: fc.constantFrom(...'ab ,"\n\r;\t=\'') }),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.constantFrom('', '=1+1', '""', '","', '\r\n', 'x'.repeat(2_000)),
      )
      .map((text) => text.trim())
      // Signs of damage, for which a row is rejected.
      .filter((text) => !/[\0\ufffd]/.test(text));
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const style = fc.record({ quoted: fc.boolean(), padded: fc.constantFrom('', ' '), end });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(style, { minLength: 1 }),
        fc.boolean(),
        encode,
        places,
        async (rows, styles, isOpen, encoded, cuts) => {
          let text = '';
          const expected = rows.map((cells, at) => {
            const { quoted, padded, end: lineEnd } = styles[at % styles.length] as (typeof styles)[number];
            const line = text.split(/\r\n|\r|\n/).length;
            text += cells.map((one) => padded + written(one, quoted) + padded).join(',');
            if (!isOpen || at < rows.length - 1) text += lineEnd;
            return { line, cells, problem: null };
          });
          expect(await rowsOf(cut(encoded(text), cuts))).toMatchObject(expected);
        },
      ),
      tries(1_500),
    );
  });
});

/** By RFC 4180: in quotes where it must be. */
function written(cell: string, always: boolean): string {
  return always || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
