import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, Framer, MAX_RECORD_LENGTH } from '../../src/intake/frame.ts';

function framesOf(...chunks: string[]): Frame[] {
  const framer = new Framer();
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()];
}

const short = (frames: Frame[]) => frames.map(({ line, lastLine, text }) => [line, lastLine, text]);

describe('cutting text into records', () => {
  it.each([
    [
      'any mixture of line ends',
      'a\r\nb\nc\rd',
      [
        [1, 1, 'a'],
        [2, 2, 'b'],
        [3, 3, 'c'],
        [4, 4, 'd'],
      ],
    ],
    [
      'no record for blank lines, which still count',
      'a\n\n \n\r\nb\n',
      [
        [1, 1, 'a'],
        [5, 5, 'b'],
      ],
    ],
    [
      'a value of several lines',
      'x,"1\n2\r\n3",y\nz',
      [
        [1, 3, 'x,"1\n2\r\n3",y'],
        [4, 4, 'z'],
      ],
    ],
    [
      'doubled quotes',
      '"a""\nb""",c\nd',
      [
        [1, 2, '"a""\nb""",c'],
        [3, 3, 'd'],
      ],
    ],
    [
      'a quote inside a plain value',
      '5" pipe,a\nb',
      [
        [1, 1, '5" pipe,a'],
        [2, 2, 'b'],
      ],
    ],
    [
      'blanks before a quote',
      'a, "1\n2"\nb',
      [
        [1, 2, 'a, "1\n2"'],
        [3, 3, 'b'],
      ],
    ],
    ['nothing at all', '', []],
  ])('knows %s', (_, text, expected) => {
    expect(short(framesOf(text))).toEqual(expected);
  });

  it('says where the quote opened that the end of the file left open', () => {
    const frames = framesOf('a,b\nc,"1\n2", "3\nd,e\n');
    expect(frames.map(({ line, quoteLine, fault }) => [line, quoteLine, fault])).toEqual([
      [1, 1, null],
      [2, 3, 'unclosed_quote'],
    ]);
  });

  it('keeps only the beginning of what is too long and goes on after it', () => {
    const [long, next] = framesOf('x'.repeat(MAX_RECORD_LENGTH), 'x', 'x\nb');
    expect(long).toMatchObject({ line: 1, fault: 'record_too_long' });
    expect(long?.text.length).toBeLessThan(2_000);
    expect(next).toMatchObject({ line: 2, text: 'b', fault: null });
  });

  it('takes a record of exactly the greatest length', () => {
    expect(framesOf(`${'x'.repeat(MAX_RECORD_LENGTH)}\n`)).toMatchObject([{ fault: null }]);
  });

  it('gives the same records however the text is cut into chunks', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' '), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 5 }), (whole, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((to, at) => whole.slice(places[at], to));
        expect(framesOf(...chunks)).toEqual(framesOf(whole));
      }),
    );
  });
});
