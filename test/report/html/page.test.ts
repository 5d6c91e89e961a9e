import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../../src/report/formats/html/page.ts';
import { emptyReport, fullReport, hugeReport } from './samples.ts';

describe('the page', () => {
  it('is the same, byte for byte, twice and at the same time', async () => {
    const [first, second] = await Promise.all([renderHtml(fullReport()), renderHtml(fullReport())]);
    expect(second).toBe(first);
    await renderHtml(hugeReport());
    expect(await renderHtml(fullReport())).toBe(first);
  });

  it('is the same, byte for byte, in another process, in another zone and language', async () => {
    const program = `
      import { renderHtml } from './src/report/formats/html/page.ts';
      import { fullReport } from './test/report/html/samples.ts';
      renderHtml(fullReport()).then((page) => process.stdout.write(page));`;
    const env = { ...process.env, TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
    const page = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      env,
      encoding: 'utf8',
    });
    expect(page).toBe(await renderHtml(fullReport()));
  });

  it.each([
    ['nothing', emptyReport()],
    ['a fortnight', fullReport()],
    ['a year', hugeReport()],
  ])('of %s needs nothing besides itself', async (_, report) => {
    const page = await renderHtml(report);
    expect(page).toContain('default-src &#39;none&#39;; script-src &#39;none&#39;; img-src &#39;none&#39;');
    expect(page).not.toMatch(
      /<script|<link|<img|<iframe|<a |\bsrc=|\bhref=|url\(|@import|\bstyle=|\bon[a-z]+=/,
    );
    // An id is there once, and every one that is referred to is there.
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/ aria-labelledby="([^"]*)"/g)) expect(ids).toContain(id);
  });

  it('says so where nothing has ever run, and draws no empty charts', async () => {
    const page = await renderHtml(emptyReport());
    expect(page).toContain('Nothing was decided in this time.');
    expect(page).toContain('no full sweep has run yet');
    expect(page).not.toContain('<svg');
  });

  it('caps its lists, and says how many it leaves out', async () => {
    const page = await renderHtml(hugeReport());
    expect(page).toContain('and 20 more; the formats csv and json have all of them');
    expect(page.match(/<span class="id">/g)?.length).toBeLessThan(100);
    expect(page).toContain('2,345 conversations, at least 834 of them not settled');
    expect(page.length).toBeLessThan(200_000);
  });

  it('marks days without a run apart from days without work', async () => {
    const { days } = fullReport();
    const page = await renderHtml(fullReport());
    const rows = [...page.matchAll(/<tr><th scope="row">(\d+ Nov 2026).*?<\/tr>/g)].map(([row]) => row);
    const idle = days.filter(({ ran }) => !ran).length;
    expect(idle).toBeGreaterThan(0);
    expect(rows.filter((row) => row.includes('>no<'))).toHaveLength(idle);
    expect(page).toContain(`No full sweep ran on ${idle} days.`);
  });

  it('marks no day before the first sweep on record, when none was expected', async () => {
    const full = fullReport();
    const { nights } = full;
    const begun = full.days.findIndex(({ ran }) => !ran) + 1;
    const firstRunAt = Date.parse(`${full.days[begun]?.day}T12:00:00Z`);
    const page = await renderHtml({ ...full, nights: nights && { ...nights, firstRunAt } });
    const idle = full.days.filter(({ ran }, at) => !ran && at >= begun).length;
    expect(page).toContain(`No full sweep ran on ${idle} ${idle === 1 ? 'day' : 'days'}.`);
  });

  it('loads Vega when a chart is drawn, and at no other time', () => {
    const folder = join(import.meta.dirname, '../../../src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const lines = files
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
      .filter((line) => /['"]vega/.test(line) && !line.startsWith('import type'))
      .map((line) => line.trim());
    expect(lines).toEqual([
      "const vega = await import('vega');",
      "const { compile } = await import('vega-lite');",
    ]);
  });
});
