import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const path = process.env['PLINTH_CHROMIUM'] ?? PLACES.find((place) => existsSync(place));

// Root has no sandbox of Chromium's; the rest keeps it from asking for anything on the network by itself.
const ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page in a real Chromium, and what it asked for or complained about. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses that it asked for beside its own file. */
  readonly requests: readonly string[];
  /** Errors of scripts, and what the console was told. */
  readonly complaints: readonly string[];
}

export type OpenFile = (
  path: string,
  options?: Parameters<Browser['newContext']>[0] & { readonly address?: string },
) => Promise<OpenPage>;

/** Tests that need a Chromium; without one they are skipped, with one line. */
export function describeInChromium(title: string, define: (open: OpenFile) => void): void {
  if (path === undefined)
    console.log(`Chromium is not here (apt-get install chromium): not tested: ${title}.`);
  describe.skipIf(path === undefined)(title, () => {
    let browser: Browser;
    const contexts: BrowserContext[] = [];
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: path!, args: ARGUMENTS });
    });
    afterAll(() => browser?.close());

    define(async (file, { address = '', ...options } = {}) => {
      for (const context of contexts.splice(0)) await context.close();
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
      contexts.push(context);
      const page = await context.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      const url = `file://${file}${address}`;
      page.on('request', (request) => {
        // What is in the page itself is no request.
        const isInside = request.url() === url || /^(?:data|blob):/.test(request.url());
        if (!isInside) requests.push(request.url());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(url);
      return { page, requests, complaints };
    });
  });
}
