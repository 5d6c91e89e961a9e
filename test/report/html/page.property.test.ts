import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderHtml } from '../../../src/report/formats/html/page.ts';
import type { Report } from '../../../src/report/report.ts';
import { fullReport, listed } from './samples.ts';

/** A report in which every text that anybody else wrote is `text`. */
function saidBy(text: string): Report {
  const report = fullReport(3);
  const said = { conversationId: text, sessionId: text };
  return {
    ...report,
    by: 'queue',
    rows: report.rows.map((row) => ({ ...row, key: text })),
    keptReasons: [{ reason: text, n: 3 }],
    failures: listed(
      report.failures.items.map((one) => ({
        ...one,
        ...said,
        reason: text,
        errorCode: text,
        correlationId: text,
        nextAction: text,
      })),
    ),
    unclosable: listed(
      report.unclosable.items.map((one) => ({
        ...one,
        ...said,
        errorCode: text,
        correlationId: text,
        nextAction: text,
      })),
    ),
    reopened: {
      ...report.reopened,
      list: listed(report.reopened.list.items.map((one) => ({ ...one, ...said, reason: text }))),
    },
    capacity: { ...report.capacity, formula: [text] },
  };
}

const CHARACTERS = [
  '<',
  '>',
  '"',
  "'",
  '&',
  '`',
  '=',
  '/',
  ' ',
  '\n',
  '\0',
  '\u202e',
  '\ud800',
  '{',
  '$',
  '\\',
];
const WORDS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title></style></svg><a href="javascript:1">',
  '<!-- ]]> -->',
  '&lt;b&gt;',
  ' opacity="1" role="x"',
  '__proto__',
  'datum.n',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...CHARACTERS), fc.constantFrom(...WORDS), fc.string({ unit: 'binary' })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** The tags with all their attributes, without any text between them; an empty text has both of its tags, too. */
function markupOf(page: string): string[] {
  return page.replace(/<text\b([^>]*)\/>/g, '<text$1></text>').match(/<[^>]*>/g) ?? [];
}

it('whatever others have written, it is text in the page and never markup', async () => {
  const harmless = markupOf(await renderHtml(saidBy('harmless')));
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const page = await renderHtml(saidBy(text));
      expect(markupOf(page)).toEqual(harmless);
      // Nothing is left that could steer a reader's eye.
      expect(page).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u);
    }),
    { numRuns: 10, examples: [[''], [' ']] },
  );
});
