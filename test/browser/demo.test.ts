import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aPlace } from '../e2e/place.ts';
import { aReader } from './chromium.ts';
import { pagesOf } from './eye.ts';

const DATA = join(import.meta.dirname, '../../data');
const reader = aReader();

it('the night of the demo fits on two sheets', async (test) => {
  const place = await aPlace({ seed: 1, population: 620 });
  await place.runHere('import', 'mapping', join(DATA, 'sample-mapping.csv'));
  await place.runHere('import', 'closes', join(DATA, 'sample-closes.csv'));
  expect((await place.runHere('sweep')).code).toBe(0);
  expect((await place.runHere('report', '--format', 'html', '--out', 'report.html')).code).toBe(0);

  const html = readFileSync(join(place.dir, 'report.html'), 'utf8');
  const [{ closed }] = place.query("SELECT count(*) AS closed FROM outcomes WHERE outcome = 'closed'");
  expect(html).toContain(`<dt>Closed</dt><dd class="value">${closed}</dd>`);

  const { page, complaints } = await reader.open(test, html);
  expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).toBe(2);
  expect(complaints).toEqual([]);
});
