import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning, counted, printable, shortened } from '../../src/domain/text.ts';

describe('a text that is cut', () => {
  it.each([
    ['abc', 3, 'abc', 'abc'],
    ['abcd', 3, 'abc', 'abc…'],
    ['ab\u{10000}c', 3, 'ab', 'ab…'],
    ['ab\u{10000}c', 4, 'ab\u{10000}', 'ab\u{10000}…'],
    ['', 0, '', ''],
  ])('%j to %i units is %j, or %j', (text, longest, begun, short) => {
    expect([beginning(text, longest), shortened(text, longest)]).toEqual([begun, short]);
  });

  it('is one that can be written as UTF-8 and read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(12), (text, longest) => {
        const cut = shortened(text, longest);
        expect(Buffer.from(cut, 'utf8').toString('utf8')).toBe(cut);
        expect(beginning(text, longest).length).toBeLessThanOrEqual(longest);
      }),
    );
  });
});

it('what could steer a terminal is marked, and nothing else', () => {
  expect(printable('a\u001b[0m\u202e\u2028b\u{10000}', '?')).toBe('a?[0m??b\u{10000}');
});

describe('a count', () => {
  it.each([
    [0, '0 close requests'],
    [1, '1 close request'],
    [2, '2 close requests'],
  ])('of %i has the right number', (n, text) => {
    expect(counted(n, 'close request')).toBe(text);
  });
});
