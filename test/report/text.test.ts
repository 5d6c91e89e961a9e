import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, wrap } from '../../src/report/text.ts';

describe('text from outside', () => {
  it.each([
    ['an escape sequence', 'a\x1b[31mb', 'a\\u{001b}[31mb'],
    ['a line end', 'a\r\nb', 'a\\u{000d}\\u{000a}b'],
    ['a C1 control', 'a\x9bb', 'a\\u{009b}b'],
    ['a change of direction', 'a\u202eb', 'a\\u{202e}b'],
    ['ordinary words of any script', 'Jürgen 日本 ✓', 'Jürgen 日本 ✓'],
  ])('shows %s', (_, text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe('wrapping', () => {
  it('indents all lines but the first and leaves long words whole', () => {
    expect(wrap('one two three fourteen-long', 2, 9)).toBe('one two\n  three\n  fourteen-long');
  });

  it('loses no word and exceeds the width only by single words', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 30 }), (list, width) => {
        const lines = wrap(list.join(' '), 2, width).split('\n');
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(list);
        for (const line of lines) expect(line.length <= width || !line.trim().includes(' ')).toBe(true);
      }),
    );
  });
});
