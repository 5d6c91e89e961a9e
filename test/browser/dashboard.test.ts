import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { aServer, openServer, type Server, TOKEN } from '../serve/running.ts';
import { conclude, id, newRun, outcome, T0 } from '../store/fixtures.ts';
import { aReader } from './chromium.ts';
import { contrasts } from './eye.ts';

const reader = aReader();

/** The page asks for news many times a second. */
const QUICK = { token: null, everyMs: 30 } as const;

function sweep({ store }: Server, daysAgo: number, closed: number, failed = 0, first = daysAgo * 100): void {
  const startedAt = T0 - daysAgo * DAY - HOUR;
  const runId = store.runs.begin(newRun({ startedAt }));
  for (let n = 0; n < closed + failed; n++) {
    const decidedAt = startedAt + n * MINUTE;
    const isClosed = n < closed;
    const one = outcome(first + n, {
      ...{ outcome: isClosed ? 'closed' : 'failed', reason: isClosed ? 'stale' : 'close', decidedAt },
      ...{
        closedAt: isClosed ? decidedAt : null,
        httpStatus: isClosed ? 200 : 403,
        errorCode: 'no.permission',
      },
    });
    conclude(store, runId, one, decidedAt);
  }
  store.runs.finish(runId, {
    ...{ state: 'done', exitCode: failed > 0 ? 3 : 0, message: 'done', finishedAt: startedAt + HOUR },
    ...{ counts: { ...noCounts(), candidates: 40, closed, failed, left: 3 }, requests: noRequests() },
  });
}

/** One that was ended after many closes: the longest of the words for an end, beside a long number. */
function interrupted({ store }: Server, daysAgo: number): void {
  const startedAt = T0 - daysAgo * DAY;
  const runId = store.runs.begin(newRun({ startedAt, scope: 'requested' }));
  store.runs.finish(runId, {
    ...{ state: 'interrupted', exitCode: 130, message: 'Interrupted.', finishedAt: startedAt + HOUR },
    ...{ counts: { ...noCounts(), candidates: 2_000, closed: 1_234, failed: 12 }, requests: noRequests() },
  });
}

/** Nights with some of everything. */
function fill(server: Server): Server {
  for (const daysAgo of [9, 8, 7, 5, 4, 3, 2, 1]) sweep(server, daysAgo, 3 + daysAgo, daysAgo % 3);
  interrupted(server, 0.5);
  sweep(server, 0, 7, 2);
  const holdUntil = T0 + 3 * DAY;
  const rows = Array.from({ length: 9 }, (_, n) => ({
    ...{ conversationId: id(5_000 + n), sessionId: `<b>web-${n}</b>`, userId: null },
    ...{ startedAt: T0 - 5 * DAY, lastActivityAt: null },
  }));
  server.store.intake.putMappings(rows, 'csv', T0);
  server.store.holds.hold([id(5_000), id(5_001)], holdUntil, T0);
  const origin = 'csv:a very long name of a list, as people give them to their lists.csv#7';
  server.store.intake.requestCloses(
    [{ conversationId: id(5_003), reason: null, origin, force: false }],
    T0 - 45 * HOUR,
  );
  return server;
}

/** The page itself permits no script of ours that would wait. */
const PATIENTLY = { timeout: 30_000, interval: 20 };

async function titleIs(page: Page, title: string): Promise<void> {
  await expect.poll(() => page.title(), PATIENTLY).toBe(title);
}

/** How much of the recent runs one has to scroll to. */
const HIDDEN_RUNS = `(() => {
  const box = document.querySelector('.runs-box');
  return box.scrollWidth - box.clientWidth;
})()`;

/** Over how many lines each day in the tables goes. */
const LINES_OF_DAYS = `[...document.querySelectorAll('.scroll th[scope=row]')].map((cell) => {
  const day = document.createRange();
  day.selectNodeContents(cell);
  return day.getClientRects().length;
})`;

/** Makes the browser one that was made before there was Kyiv. */
const OF_OLD = `{
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = function (locale, options) {
    if (options.timeZone === 'Europe/Kyiv') throw new RangeError('Invalid time zone specified: Europe/Kyiv');
    return new DateTimeFormat(locale, options);
  };
}`;

async function openAll(page: Page): Promise<void> {
  for (const details of await page.locator('details').all()) await details.locator('summary').click();
}

/** One for all who only look: it asks for no news meanwhile. */
const lookedAt = openServer({ token: null, everyMs: HOUR }).then(fill);
afterAll(async () => (await lookedAt).leave());

async function still(test: TestContext, options: Parameters<typeof reader.visit>[2] = {}) {
  return reader.visit(test, `${(await lookedAt).url}/`, options);
}

describe('the dashboard in a browser', () => {
  it('takes new figures without being loaded anew, and keeps what is open and has the focus', async (test) => {
    const server = fill(await aServer(QUICK));
    const { page, complaints, requests } = await reader.visit(test, `${server.url}/`);
    expect(await page.title()).toBe('! closed 7, 2 not · web-1 · nightsweep');
    await page.evaluate('window.stays = true');
    const summary = page.locator('#closed-table summary');
    await summary.click();
    await page.keyboard.press('Tab');
    sweep(server, -0.03, 21, 0, 3_000);
    server.now += 5_000;
    await titleIs(page, '✓ closed 21 · web-1 · nightsweep');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Last night ran and closed 21.');
    expect(await page.locator('#news').textContent()).toBe('Last night ran and closed 21.');
    expect(await page.evaluate('window.stays')).toBe(true);
    expect(await page.getByRole('table', { name: 'Closed each night' }).isVisible()).toBe(true);
    expect(await page.locator(':focus').getAttribute('class')).toBe('scroll');
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toContain(
      encodeURIComponent('#1f8a55'),
    );
    expect(complaints).toEqual([]);
    expect(new Set(requests.filter((url) => !url.startsWith('data:')))).toEqual(new Set([`${server.url}/`]));
  });

  it('says how old it is, and for how long the server has been gone', async (test) => {
    const server = fill(await openServer(QUICK));
    const { page } = await reader.visit(test, `${server.url}/`);
    const fresh = () => page.locator('#fresh').textContent();
    expect(await fresh()).toBe('as of 00:00:00');
    server.now += 7_000;
    await expect.poll(fresh, PATIENTLY).toBe('as of 00:00:07');
    await server.leave();
    await titleIs(page, '⚠ cannot be reached · web-1 · nightsweep');
    const bar = page.locator('#lost');
    expect(await bar.textContent()).toMatch(
      /^The server cannot be reached since \d\d:\d\d\. This is as of 00:00:0\d\.$/,
    );
    await page.evaluate('scrollTo(0, 1_000)');
    expect(await page.evaluate('scrollY')).toBeGreaterThan(500);
    expect(await page.evaluate("document.getElementById('lost').getBoundingClientRect().top")).toBe(0);
    expect(await page.locator('main').getAttribute('class')).toBe('old');
  });

  it('says that the record cannot be read, shows the old figures meanwhile, and recovers', async (test) => {
    let isBroken = false;
    const server = await aServer({
      ...QUICK,
      seen: {
        events: () => {
          if (isBroken) throw new DatabaseError('The database /secret/place is damaged.');
          return { waiting: 0, settled: 0, lastReceivedAt: null };
        },
      },
    });
    const { page } = await reader.visit(test, `${server.url}/`);
    isBroken = true;
    server.now += 5_000;
    await titleIs(page, '⚠ the record cannot be read · web-1 · nightsweep');
    expect(await page.locator('#lost').textContent()).toMatch(
      /^The record cannot be read since \d\d:\d\d: The database cannot be used; the log of the server says why\. This is as of 00:00:00\.$/,
    );
    expect(await page.locator('h1').textContent()).toBe('No full sweep has run yet.');
    isBroken = false;
    await titleIs(page, '– no sweep yet · web-1 · nightsweep');
    expect(await page.locator('main').getAttribute('class')).toBe('');
  });

  it('goes on asking, and tells by UTC, where the browser does not know its time zone', async (test) => {
    let isBroken = false;
    const events = () => {
      if (isBroken) throw new Error('broken');
      return { waiting: 0, settled: 0, lastReceivedAt: null };
    };
    const server = await aServer({ ...QUICK, seen: { events }, timeZone: 'Europe/Kyiv' });
    const { page, complaints } = await reader.visit(test, `${server.url}/`, { before: OF_OLD });
    isBroken = true;
    server.now += 5_000;
    await titleIs(page, '⚠ it answers with 500 · web-1 · nightsweep');
    expect(await page.locator('#lost').textContent()).toMatch(
      / since \d\d:\d\d UTC\. This is as of 02:00:00\.$/,
    );
    isBroken = false;
    await titleIs(page, '– no sweep yet · web-1 · nightsweep');
    expect(complaints.filter((one) => !one.includes('500'))).toEqual([]);
  });

  it('is behind a login page when there is a token, and knows when the session is over', async (test) => {
    const server = await aServer({ ...QUICK, token: TOKEN });
    const { page, complaints } = await reader.visit(test, `${server.url}/`);
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await page.locator(':focus').getAttribute('name')).toBe('token');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('The token of this server').fill(TOKEN);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'No full sweep has run yet.' }).waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    server.now += 13 * HOUR;
    await page.getByLabel('The token of this server').fill(TOKEN);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.setViewportSize({ width: 375, height: 800 });
    const button = await page.getByRole('button', { name: 'Log out' }).boundingBox();
    expect(375 - (button?.x ?? 0) - (button?.width ?? 0)).toBeLessThan(20);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'nightsweep' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    // A browser notes every 401 that it is answered with.
    expect(complaints.filter((one) => !one.includes('401'))).toEqual([]);
  });

  it('without scripts loads itself anew', async (test) => {
    const { page } = await still(test, { javaScriptEnabled: false });
    expect(await page.locator('head meta[http-equiv=refresh]').getAttribute('content')).toBe('30');
  });

  it('reads well aloud', async (test) => {
    const { page } = await still(test);
    await openAll(page);
    const spoken = await page.locator('body').ariaSnapshot();
    for (const line of [
      '- banner:',
      '- main:',
      '- contentinfo:',
      '- heading "Last night ran and closed 7, but 2 did not go well." [level=1]',
      '- heading "Needs somebody" [level=2]',
      '- region "Figures":',
      '- img "Closed each night. ',
      '- table "Closed each night, with what else was decided":',
      '- table "Due when the latest sweep of each day began, and left when it ended":',
      '- table "Recent runs, the newest first":',
      '- columnheader "closed"',
    ]) {
      expect(spoken).toContain(line);
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read by weak eyes when it is ${colorScheme}`, async (test) => {
      const { page } = await still(test, { colorScheme });
      await openAll(page);
      const { texts } = await contrasts(page);
      expect(texts.length).toBeGreaterThan(150);
      expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
    });

    it(`can be read on telephones when it is ${colorScheme}, without scrolling to the side`, async (test) => {
      for (const width of [375, 320]) {
        const { page } = await still(test, { colorScheme, viewport: { width, height: 800 } });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await openAll(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.evaluate(HIDDEN_RUNS)).toBe(0);
        const days = await page.evaluate<number[]>(LINES_OF_DAYS);
        expect(days.length).toBeGreaterThanOrEqual(20);
        expect(new Set(days)).toEqual(new Set([1]));
        expect((await contrasts(page)).texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      }
    });
  }

  it('leaves no column empty, however few runs there are, and breaks no date where there is room', async (test) => {
    const { page } = await still(test);
    const bottoms = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.rest > *')].map((card) => Math.round(card.getBoundingClientRect().bottom))",
    );
    expect(bottoms).toHaveLength(4);
    expect(new Set(bottoms).size).toBe(1);
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.runs tbody tr:not(.said)')].map((row) => Math.round(row.getBoundingClientRect().height))",
    );
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(8);
  });

  it('has something to touch that is large enough', async (test) => {
    const { page } = await still(test, {
      viewport: { width: 375, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('summary')].map((one) => one.getBoundingClientRect().height)",
    );
    expect(heights.length).toBeGreaterThan(2);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(40);
  });

  it('has other colours in the dark', async (test) => {
    const looks = async (colorScheme: 'light' | 'dark') => {
      const { page } = await still(test, { colorScheme });
      return page.evaluate(`[getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('svg rect.closed')).fill]`);
    };
    const [light, dark] = [await looks('light'), await looks('dark')];
    expect((light as string[]).filter((color, at) => color === (dark as string[])[at])).toEqual([]);
  });
});
