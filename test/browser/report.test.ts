import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/formats/html/page.ts';
import { emptyReport, fullReport, hugeReport } from '../report/html/samples.ts';
import { aReader } from './chromium.ts';
import { contrasts, pagesOf } from './eye.ts';

const reader = aReader();
const WIDE = { width: 1440, height: 900 };
const TELEPHONE = { width: 375, height: 800 };
const PAGES = {
  nothing: await renderHtml(emptyReport()),
  'a fortnight': await renderHtml(fullReport()),
  'a year': await renderHtml(hugeReport()),
};
const EACH = ['nothing', 'a fortnight', 'a year'] as const;

describe('the report in a browser', () => {
  for (const viewport of [WIDE, TELEPHONE]) {
    it(`shows four charts at ${viewport.width} pixels, each under a name of its own`, async (test) => {
      const { page } = await reader.open(test, PAGES['a fortnight'], { viewport });
      const charts = await page.getByRole('img').all();
      const names = await Promise.all(charts.map((chart) => chart.getAttribute('aria-label')));
      expect(names.map((name) => name?.split('.')[0])).toEqual([
        'Closed per day',
        'Due for a look',
        'How long idle when closed',
        'Kept, by reason',
      ]);
      for (const chart of charts) {
        const box = await chart.boundingBox();
        expect(box?.width).toBeGreaterThan(250);
        expect(box?.height).toBeGreaterThan(100);
        expect(await chart.locator('path').first().boundingBox()).not.toBeNull();
      }
    });
  }

  it('asks for nothing besides itself, and violates no policy', async (test) => {
    const { page, requests, complaints } = await reader.open(test, PAGES['a fortnight']);
    await page.screenshot();
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  it('would run no script and load no picture, even if one got in', async (test) => {
    const broken = PAGES['a fortnight'].replace(
      '<main>',
      '<main><script>document.title = "run"</script><img src="https://example.invalid/x.png" onerror="document.title = 1">',
    );
    const { page, complaints } = await reader.open(test, broken);
    expect(await page.title()).toContain('nightsweep');
    const refused = complaints.filter((complaint) => complaint.includes('Content Security Policy'));
    expect(refused.join('\n')).toContain('script-src');
    expect(refused.join('\n')).toContain('img-src');
  });

  it('reads well aloud', async (test) => {
    const { page } = await reader.open(test, PAGES['a fortnight']);
    for (const details of await page.locator('details').all()) await details.locator('summary').click();
    const spoken = await page.locator('body').ariaSnapshot();
    for (const line of [
      '- banner:',
      '- main:',
      '- contentinfo:',
      '- heading "Abandoned conversations, closed" [level=1]',
      '- heading "At a glance" [level=2]',
      '- region "Closed per day":',
      '- img "Closed per day. No full sweep ran on 2 days. Conversations that were kept are not in the bars."',
      '- table "Closed per day, with what else was decided":',
      '- columnheader "already ended"',
      '- rowheader "14 Nov 2026"',
      '- table "Due for a look, by the latest full sweep of each day":',
      '- table "How long idle when closed":',
      '- table "Kept, by reason":',
    ]) {
      expect(spoken).toContain(line);
    }
    // What is inside a picture says nothing by itself.
    expect(spoken.match(/\bimg "/g)).toHaveLength(4);
  });

  it('opens its tables by keyboard', async (test) => {
    const { page } = await reader.open(test, PAGES['a fortnight']);
    const table = page.getByRole('table', { name: 'Closed per day' });
    expect(await table.isVisible()).toBe(false);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toContain('Show as a table');
    await page.keyboard.press('Enter');
    expect(await table.isVisible()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('class')).toBe('scroll');
  });

  it('has other colours in the dark, its charts too, and light ones on paper', async (test) => {
    const html = PAGES['a fortnight'];
    const looks = async (colorScheme: 'light' | 'dark', media: 'screen' | 'print') => {
      const { page } = await reader.open(test, html, { colorScheme });
      await page.emulateMedia({ media, colorScheme });
      const ground: string = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      const fill: string = await page.evaluate(
        `getComputedStyle(document.querySelector('svg [fill="var(--closed)"]')).fill`,
      );
      return { ground, fill };
    };
    const light = await looks('light', 'screen');
    const dark = await looks('dark', 'screen');
    expect(dark.ground).not.toBe(light.ground);
    expect(light.fill).toMatch(/^rgb/);
    expect(dark.fill).not.toBe(light.fill);
    expect(await looks('dark', 'print')).toEqual(light);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read by weak eyes when it is ${colorScheme}`, async (test) => {
      const { page } = await reader.open(test, PAGES['a year'], { colorScheme });
      for (const details of await page.locator('details').all()) await details.locator('summary').click();
      const { texts, shapes } = await contrasts(page);
      expect(texts.length).toBeGreaterThan(200);
      expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      expect(shapes.length).toBeGreaterThan(50);
      expect(shapes.filter(({ contrast }) => contrast < 3)).toEqual([]);
    });
  }

  it.for(EACH)('of %s needs no scrolling to the side on a telephone', async (which, test) => {
    const { page } = await reader.open(test, PAGES[which], { viewport: TELEPHONE });
    for (const details of await page.locator('details').all()) await details.locator('summary').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(TELEPHONE.width);
  });

  it.for(EACH)('of %s fits on two sheets of A4, on three with a table of 40 queues', async (which, test) => {
    const { page } = await reader.open(test, PAGES[which]);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pagesOf(pdf)).toBe({ nothing: 1, 'a fortnight': 2, 'a year': 3 }[which]);
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59\d\S* 84\d\S*\]/);
  });
});
