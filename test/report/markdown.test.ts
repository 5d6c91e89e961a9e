import { describe, expect, it } from 'vitest';
import { figures } from '../../src/report/figures.ts';
import { renderMarkdown } from '../../src/report/formats/markdown.ts';
import { fullRecord, QUESTION, reportOn, row } from './make.ts';

/** The lines of each table: every line that begins with a pipe, in blocks. */
function tablesOf(markdown: string): string[][] {
  return markdown
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) => block.trimEnd().split('\n'));
}

/** The cells of a line, as GitHub divides it: at every pipe without a backslash. */
const cellsOf = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1);

describe('the Markdown of a report', () => {
  const markdown = renderMarkdown(figures(fullRecord(), QUESTION));

  it('has a title, the figures, the rows with totals, and the lists', () => {
    expect(markdown).toMatch(/^## Outcomes by day, 2026-11-01 00:00 to 2026-11-04 00:00 \(UTC\)\n/);
    expect(markdown).toContain('\n| figure | value | remark |\n| --- | ---: | --- |\n| closed | 3 | 1 fewer');
    expect(markdown).toContain(
      '\n| `2026-11-03` | 0 | 0 | 0 | no sweep |\n| **all** | **3** | **2** | **14** |  |\n',
    );
    expect(markdown).toContain('### Failed or unconfirmed, those not settled first (12)');
    expect(markdown).toContain(
      '| `web-0` | `failed (inspect, 503)` | `cor-0` | 2 | 2026-11-02 02:20 | Nothing yet: ',
    );
    expect(markdown).toContain('\nand 2 more\n');
    expect(markdown).toContain('### Reopened after the close (1)');
  });

  it('has as many cells in each line of a table as in its head', () => {
    for (const lines of tablesOf(markdown)) {
      expect(new Set(lines.map((line) => cellsOf(line).length)).size).toBe(1);
    }
    expect(tablesOf(markdown)).toHaveLength(5);
  });

  it.each([
    ['a pipe', 'a|b', '`a\\|b`'],
    ['a mention', '@everyone', '`@everyone`'],
    ['a backtick', 'a`b', '`` a`b ``'],
    ['many backticks', '```x', '```` ```x ````'],
    ['a line end', 'a\nb', '`a\\u{000a}b`'],
    ['markup', '<img src=x> [a](b) **c**', '`<img src=x> [a](b) **c**`'],
  ])('keeps %s in a key within its cell, as code', (_, key, shown) => {
    const text = renderMarkdown(reportOn([row('2026-11-02T10:00:00Z', { queueId: key })], { by: 'queue' }));
    expect(text).toContain(`\n| ${shown} | 1 |\n`);
  });

  it('lets no reason of a keep be markup either', () => {
    const kept = { outcome: 'kept', reason: '@a|<b>*c*' } as const;
    const text = renderMarkdown(reportOn([row('2026-11-02T10:00:00Z', kept)]));
    expect(text).toContain('| kept | 1 | 1 \\@a\\|\\<b\\>\\*c\\* |');
  });
});
