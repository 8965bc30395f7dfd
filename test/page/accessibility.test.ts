import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderReportHtml } from '../../src/report/report-html.js';
import { describeInChromium } from '../support/chromium.js';
import { buildPageAssets } from '../support/page-assets.js';
import { type RunServer, startRunServer } from '../support/run-database.js';
import { createShopReport } from './shop-report.js';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let server: RunServer;
let file: string;
let empty: string;
let axe: string;

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describeInChromium('what axe says of the page', (open) => {
  beforeAll(async () => {
    server = await startRunServer();
    const report = await createShopReport(server);
    const assets = await buildPageAssets();
    file = join(server.dir, 'report.html');
    empty = join(server.dir, 'empty.html');
    await writeFile(file, renderReportHtml(report, assets));
    await writeFile(empty, renderReportHtml({ ...report, usage: null, changes: null }, assets));
    axe = await readFile(axePath, 'utf8');
  }, 120_000);
  afterAll(() => server?.stop());

  test.each([
    ['the graph', '', ''],
    ['the graph of a choice, at a table', '#table=public.orders', "document.querySelector('.node').focus()"],
    [
      'the statements, two open',
      '#view=slice&table=public.orders',
      "for (const each of [...document.querySelectorAll('.statement')].slice(0, 2)) each.open = true",
    ],
    ['what is left out', '#view=left-out&table=public.depots&alone', ''],
    ['the services', '#view=services', ''],
    ['the changes', '#view=changes', "document.querySelector('.panel-changes .statement').open = true"],
    ['the help', '', 'document.querySelector(\'[aria-label="Help (?)"]\').click()'],
  ])('has no fault to find with %s, light or dark', async (_name, address, prepare) => {
    const { page } = await open(file, { address });
    await page.evaluate(prepare);
    expect(await check(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await check(page)).toEqual([]);
  });

  test.each(['services', 'changes'])('nor with %s where there are none, on a narrow screen', async (view) => {
    const { page } = await open(empty, { address: `#view=${view}`, viewport: { width: 400, height: 800 } });
    expect(await check(page)).toEqual([]);
  });

  const check = async (page: Awaited<ReturnType<typeof open>>['page']): Promise<readonly unknown[]> => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{ violations: readonly Found[] }>('axe.run()');
    return violations.map(({ id, nodes }) => [
      id,
      ...nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    ]);
  };
});
