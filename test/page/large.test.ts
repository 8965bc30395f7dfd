import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderReportHtml } from '../../src/report/report-html.js';
import { describeInChromium } from '../support/chromium.js';
import { buildPageAssets } from '../support/page-assets.js';
import { createLargeReport } from './large-report.js';

let dir: string;
let file: string;

describeInChromium('the page of 300 tables and 4,000 statements', (open) => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'plinth-page-'));
    file = join(dir, 'large.html');
    await writeFile(file, renderReportHtml(createLargeReport(), await buildPageAssets()));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('draws every table, none over another', async () => {
    const { page, requests, complaints } = await open(file);
    await expect.poll(() => page.locator('.node').count(), { timeout: 30_000 }).toBe(300);
    const overlaps = await page.evaluate(`(() => {
      const boxes = [...document.querySelectorAll('.node .box')].map((box) => box.getBoundingClientRect());
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
    })()`);
    expect(overlaps).toBe(0);
    // What there is to see at first can be read.
    expect(
      await page.evaluate("document.querySelector('.node text').getBoundingClientRect().height"),
    ).toBeGreaterThan(10);
    // Laid out in a worker, with all lines, too.
    const lines = await page.locator('.edge').count();
    const worker = page.waitForEvent('worker');
    await page.getByLabel('implied lines too').check();
    expect((await worker).url()).toMatch(/^blob:/);
    await expect.poll(() => page.locator('.edge').count(), { timeout: 30_000 }).toBeGreaterThan(lines);
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test('makes only the statements that are near, and all of them by and by', async () => {
    const { page } = await open(file, { address: '#view=slice' });
    const rows = page.locator('.panel-slice .statement');
    expect(await page.locator('.panel-slice .figures strong').textContent()).toBe('4000 of 4000 statements');
    await expect.poll(() => rows.count()).toBeGreaterThan(40);
    expect(await rows.count()).toBeLessThan(800);
    await page.evaluate("document.querySelector('.panel-slice').scrollTop = 1e7");
    await expect.poll(() => page.locator('.panel-slice .statement[data-ordinal="3999"]').count()).toBe(1);
    expect(await rows.count()).toBeLessThan(1_600);
    await page.keyboard.press('f');
    await page.keyboard.type('c3999 ');
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().locator('summary').click();
    expect(await rows.first().locator('.sql-code').textContent()).toContain("DEFAULT 'it''s 3999'");
  });

  test('follows a choice of several tables in every view', async () => {
    const { page } = await open(file, { address: '#table=public.vendor_roles&table=public.account_items' });
    await expect.poll(() => page.locator('.node.chosen').count()).toBe(2);
    const shown = await page.locator('.node').count();
    expect(shown).toBeLessThan(60);
    const counts = await page.locator('#tab-slice .count, #tab-left-out .count').allTextContents();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(4_000);
    await page.keyboard.press('2');
    expect(await page.locator('.panel-slice h2').textContent()).toBe('account_items, vendor_roles');
    await page.keyboard.press('x');
    await page.keyboard.press('1');
    await expect.poll(() => page.locator('.node').count(), { timeout: 30_000 }).toBe(300);
  });
});
