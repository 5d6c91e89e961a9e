import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, it, type TestContext } from 'vitest';

/** Where Debian has it. */
const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const found = existsSync(CHROMIUM);
const MISSING = `${CHROMIUM} is missing: apt-get install chromium, or be content with the other tests`;

/** A page that is open in a browser, and what it should never do. */
export interface Opened {
  readonly page: Page;
  /** Addresses it has asked for, its own first. */
  readonly requests: readonly string[];
  /** Errors, warnings and violations of its policy. */
  readonly complaints: readonly string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** What is run in the page before anything of its own. */
  readonly before?: string;
}

/** Opens files in one browser for all tests of a file of tests. */
export interface Reader {
  /** Skips the test where there is no browser. The page is closed with the others at the end. */
  open(test: TestContext, html: string, options?: BrowserContextOptions): Promise<Opened>;
  /** The same for a page that is served. */
  visit(test: TestContext, url: string, options?: VisitOptions): Promise<Opened>;
}

/** To be called at the top of a file of tests. Its browser has a new, empty profile. */
export function aReader(): Reader {
  it('there is a browser where NIGHTSWEEP_TEST_BROWSER=required says so', () => {
    const required = process.env.NIGHTSWEEP_TEST_BROWSER === 'required';
    expect(found || !required, MISSING).toBe(true);
  });
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-browser-'));
  let browser: Promise<Browser> | null = null;
  afterAll(async () => {
    await (await browser)?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  if (!found) process.stderr.write(`Pages are not looked at: ${MISSING}.\n`);
  let files = 0;
  const reader: Reader = {
    open: async (test, html, options) => {
      const path = join(dir, `${++files}.html`);
      writeFileSync(path, html);
      return reader.visit(test, pathToFileURL(path).href, options);
    },
    visit: async (test, url, { before, ...options } = {}) => {
      test.skip(!found, MISSING);
      browser ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS });
      const page = await (await browser).newPage({ viewport: { width: 1440, height: 900 }, ...options });
      if (before !== undefined) await page.addInitScript(before);
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(url);
      return { page, requests, complaints };
    },
  };
  return reader;
}
