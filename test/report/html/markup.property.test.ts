import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, trusted } from '../../../src/report/formats/html/markup.ts';

const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
/** As a browser reads it. */
const read = (text: string) =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity as keyof typeof ENTITIES]);

describe('a template', () => {
  it('keeps every text within its element, or within its attribute', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'<>"\'&;#/= a') }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const inner = html`<b title="${text}">${text}</b>`.text;
        const [, attribute = '', element = ''] = /^<b title="([^"<>]*)">([^<>]*)<\/b>$/.exec(inner) ?? [];
        expect(read(attribute)).toBe(read(element));
        // Nothing is lost: what could steer an eye is spelt out, everything else reads back as it was.
        if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) expect(read(element)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('takes numbers, lists, nothing, and markup of its own', () => {
    expect(html`${1}${null}${['<', html`<i>${'&'}</i>`, [trusted('<br>')]]}`.text).toBe(
      '1&lt;<i>&amp;</i><br>',
    );
  });
});
