import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderReportHtml } from '../../src/report/report-html.js';
import { describeInChromium, type OpenPage } from '../support/chromium.js';
import { buildPageAssets } from '../support/page-assets.js';
import { type RunServer, startRunServer } from '../support/run-database.js';
import { createShopReport } from './shop-report.js';

let server: RunServer;
let file: string;
let total: number;

const getRow = (page: Page, table: string) => page.locator(`.table-list [data-table="public.${table}"]`);
const getTab = (page: Page, name: string) => page.getByRole('tab', { name });
const getNodes = (page: Page): Promise<string[]> =>
  page.locator('.node').evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-table')!).sort());

describeInChromium('the page of a history', (open) => {
  beforeAll(async () => {
    server = await startRunServer();
    const report = await createShopReport(server);
    total = report.history.statements.length;
    file = join(server.dir, 'report.html');
    await writeFile(file, renderReportHtml(report, await buildPageAssets()));
  }, 120_000);
  afterAll(() => server?.stop());

  const ensureQuiet = ({ requests, complaints }: OpenPage): void =>
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });

  test('shows every table in the graph, and of chosen ones what they stand on', async () => {
    const opened = await open(file);
    const { page } = opened;
    await expect.poll(() => getNodes(page)).toContain('billing.invoices');
    expect(await page.locator('.node').count()).toBe(20);
    await getRow(page, 'depots').getByRole('checkbox').check();
    await expect.poll(() => getNodes(page)).toEqual(['public.countries', 'public.depots']);
    expect(await page.locator('.node.chosen').getAttribute('data-table')).toBe('public.depots');
    expect(await page.locator('.node.chosen').getAttribute('aria-description')).toBe('stands on countries');
    expect(await page.locator('.edge').count()).toBe(1);
    ensureQuiet(opened);
  });

  test('partitions are folded into their parent, and named with their bounds', async () => {
    const { page } = await open(file);
    expect(await getRow(page, 'orders').innerText()).toContain('4 partitions');
    await page.locator('.node[data-table="public.orders"]').focus();
    const card = page.locator('.card');
    await expect.poll(() => card.innerText()).toContain("orders_2025\nFROM ('2025-01-01') TO ('2026-01-01')");
    expect(await card.innerText()).toContain('customers\nconstraint orders_customer_id_fkey');
    expect(await card.innerText()).toContain('checkout, search');
  });

  test('lists the statements that the choice needs, with their reasons and sources', async () => {
    const { page } = await open(file, { address: '#alone' });
    await getRow(page, 'depots').getByRole('checkbox').check();
    await getTab(page, 'Statements').click();
    const panel = page.locator('.panel-slice');
    const heading = await panel.locator('.figures strong').innerText();
    expect(heading).toMatch(new RegExp(`^\\d+ of ${total} statements$`));
    expect(Number(heading.split(' ')[0])).toBeLessThan(total / 2);
    expect(await panel.locator('.command code').innerText()).toMatch(
      /^plinth plan --migrations \S+ --tables depots --alone$/,
    );
    const row = panel.locator('.statement', { hasText: 'CREATE TABLE countries' });
    expect(await row.locator('.summary-why').innerText()).toContain(
      'depots ← constraint warehouses_country_fkey ← countries',
    );
    await row.locator('summary').click();
    expect(await row.locator('.chain li').allInnerTexts()).toEqual([
      'chosen depots',
      'by its constraint warehouses_country_fkey',
      'needs countries',
      'This statement makes or changes it.',
    ]);
    expect(await row.locator('.place code').innerText()).toMatch(/^\d+_\w*countries\w*\.sql:\d+$/);
    expect(await row.locator('.sql-code').innerText()).toMatch(/^CREATE TABLE countries \([\s\S]*\)$/);
    expect(await row.locator('.sql-keyword').first().innerText()).toBe('CREATE');
  });

  test('several tables need what each of them needs', async () => {
    const { page } = await open(file, {
      address: '#view=slice&alone&table=public.depots&table=public.suppliers',
    });
    const getCount = async (): Promise<number> =>
      Number((await page.locator('#tab-slice .count').innerText()).trim());
    const both = await getCount();
    await getRow(page, 'suppliers').getByRole('checkbox').uncheck();
    await expect.poll(getCount).toBeLessThan(both);
    await getRow(page, 'suppliers').getByRole('checkbox').check();
    await expect.poll(getCount).toBe(both);
    expect(await page.evaluate('location.hash')).toContain('table=public.suppliers');
  });

  test('says what is left out, and why; both views together are the history', async () => {
    const { page } = await open(file, { address: '#view=left-out&alone&table=public.depots' });
    const counts = await page.locator('#tab-slice .count, #tab-left-out .count').allInnerTexts();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(total);
    const panel = page.locator('.panel-left-out');
    const search = panel.locator('.statement-search');
    await search.fill('create table suppliers');
    const row = panel.locator('.statement', { hasText: 'CREATE TABLE suppliers' });
    expect(await row.locator('.summary-why').innerText()).toBe('only about suppliers');
    await search.fill('delete from messages');
    const idle = panel.locator('.statement', { hasText: 'DELETE FROM messages' });
    expect(await idle.locator('.summary-why').innerText()).toBe(
      'did nothing when the history ran (messages)',
    );
  });

  test('a database for the choice only needs no more, and says so in the command', async () => {
    const { page } = await open(file, { address: '#view=slice&table=public.products' });
    const before = Number(await page.locator('#tab-slice .count').innerText());
    await page.getByLabel('a database for this choice only').check();
    await expect.poll(() => page.locator('.panel-slice .command code').innerText()).toContain('--alone');
    expect(Number(await page.locator('#tab-slice .count').innerText())).toBeLessThan(before);
    expect(await page.locator('.panel-slice .summary-why', { hasText: 'later requests' }).count()).toBe(0);
  });

  test('searches tables and statements', async () => {
    const { page } = await open(file);
    await page.keyboard.press('/');
    await page.keyboard.type('CART');
    await expect
      .poll(() => page.locator('.table-list .table-name').allInnerTexts())
      .toEqual(['cart_items', 'carts']);
    expect(await page.locator('.node.found').count()).toBe(2);
    await page.keyboard.type('x');
    await expect.poll(() => page.locator('.list-note').innerText()).toBe('No table has that in its name.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.keyboard.type("lower(replace(title, ' ', '-'))");
    await expect.poll(() => page.locator('.panel-slice .statement').count()).toBe(1);
    await page.locator('.statement-search').first().fill('no such words');
    await expect
      .poll(() => page.locator('.panel-slice .empty').innerText())
      .toContain('No statement has that');
  });

  test('tells which services use which tables, and shows what one needs', async () => {
    const { page } = await open(file, { address: '#view=services' });
    const panel = page.locator('.panel-services');
    const rows = await panel.locator('tbody').first().locator('tr').allInnerTexts();
    expect(rows[0]).toMatch(/^checkout\s+orders\s+\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(rows[1]).toMatch(/^search\s+orders, products/);
    expect(await panel.locator('tbody').nth(1).innerText()).toMatch(/orders\s+checkout, search/);
    expect(await panel.locator('tbody').nth(2).locator('tr').count()).toBe(2);
    await panel.getByRole('button', { name: 'Show what search needs' }).click();
    expect(await page.locator('.panel-slice h2').innerText()).toBe('orders, products');
  });

  test('tells what changed since the earlier lock file', async () => {
    const { page } = await open(file, { address: '#view=changes' });
    const panel = page.locator('.panel-changes');
    expect(await panel.locator('.figures').innerText()).toContain('1 added, 1 changed, 1 removed');
    const tables = await panel.locator('tbody tr').allInnerTexts();
    expect(tables.map((row) => row.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      'changed addresses',
      'added gifts',
      'changed orders',
    ]);
    const changed = panel.locator('.statement', { hasText: 'changed' });
    await changed.locator('summary').click();
    expect(await changed.locator('.sql-code').innerText()).toContain('total amount NOT NULL');
    expect(await panel.locator('.removed-statement').innerText()).toContain('CREATE INDEX · about addresses');
    const catalogue = await panel.locator('.differences').innerText();
    expect(catalogue).toContain('table public.gifts\nis new');
    expect(catalogue).toMatch(/index addresses_once is gone: .*customer_id, street/);
    expect(catalogue).toContain('not null total is new');
    await panel.getByRole('button', { name: 'gifts' }).click();
    expect(await page.locator('.panel-slice h2').innerText()).toBe('gifts');
  });

  test('works by the keyboard alone, and says how', async () => {
    const opened = await open(file);
    const { page } = opened;
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').innerText()).toContain('search tables');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.press('Tab');
    const getFocused = (): Promise<string | null> =>
      page.evaluate<string | null>(
        "document.activeElement.closest('[data-table]')?.getAttribute('data-table') ?? null",
      );
    expect(await getFocused()).toBe('billing.invoices');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    expect(await page.locator('.table-list input:checked').count()).toBe(1);
    expect(await getFocused()).toBe('public.addresses');
    await page.locator('.node[data-table="public.addresses"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await getFocused()).toBe('public.customers');
    await page.keyboard.press('Space');
    await expect.poll(() => page.locator('.table-list input:checked').count()).toBe(2);
    expect(await getFocused()).toBe('public.customers');
    await page.keyboard.press('2');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await page.locator('.panel-slice .statement[open]').count()).toBe(1);
    expect(await page.locator('.panel-slice .statement').nth(1).getAttribute('open')).toBe('');
    await page.keyboard.press('k');
    await page.keyboard.press('x');
    await expect.poll(() => page.locator('.table-list input:checked').count()).toBe(0);
    await page.locator('#tab-slice').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-left-out');
    ensureQuiet(opened);
  });

  test('is light or dark as the system has it, until the reader chooses', async () => {
    const { page } = await open(file, { colorScheme: 'dark' });
    const getLightness = (): Promise<number> =>
      page.evaluate<number>('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])');
    expect(await getLightness()).toBeLessThan(60);
    await page.keyboard.press('t');
    expect(await getLightness()).toBeGreaterThan(200);
    await page.reload();
    expect(await getLightness()).toBeGreaterThan(200);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await getLightness()).toBeLessThan(60);
  });

  test('on paper there is the view and all of its statements, without what only a screen needs', async () => {
    const { page } = await open(file, { address: '#view=slice' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.panel-slice .statement').count()).toBe(total);
    for (const hidden of ['.side', '.tabs', '.buttons'])
      expect(await page.locator(hidden).isVisible()).toBe(false);
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
  });
});
