import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, prove } from '../../src/index.js';
import { resolveReportOptions } from '../../src/options.js';
import { renderReportHtml } from '../../src/report/report-html.js';
import { createReport } from '../../src/run/report.js';
import { describeInChromium } from '../support/chromium.js';
import { buildPageAssets } from '../support/page-assets.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

const ATTACK = `</script><img src=x onerror="alert(1)"><svg onload=alert(2)>`;
const TABLE = '</script><script>alert(3)</script>';
const STRANGE = '\u2028\u2029<!--<script>$' + '{alert(4)}`\\u003c';
const FILE = '001_<img src=x onerror=alert(5)>.sql';

const SQL = `-- ${ATTACK} ${STRANGE}
CREATE TABLE "${TABLE}" (id int PRIMARY KEY, "${ATTACK.replaceAll('"', '').slice(0, 50)}" text DEFAULT '${ATTACK}${STRANGE}');
COMMENT ON TABLE "${TABLE}" IS '${ATTACK} ${STRANGE}';
CREATE TABLE plain (id int REFERENCES "${TABLE}", /* ${ATTACK} */ CONSTRAINT "<b>c</b>" CHECK (id > 0));
CREATE FUNCTION "<i>f</i>"() RETURNS text LANGUAGE sql AS $</style>$ SELECT '${ATTACK}' $</style>$;
`.replaceAll('$</style>$', '$body$');

let server: RunServer;
let file: string;

describeInChromium('a history that tries to run script in the page', (open) => {
  beforeAll(async () => {
    server = await startRunServer();
    const folder = await server.createFolder({ [FILE]: SQL });
    const source = { migrations: folder, format: 'plain', cacheDir: server.cacheDir } as const;
    const { path } = await prove(source);
    await writeFile(
      join(folder, '002_<!--<script>.sql'),
      `ALTER TABLE plain ADD COLUMN note text DEFAULT '${ATTACK}';`,
    );
    const url = await server.createDatabase();
    await apply({ ...source, url, tables: ['plain'], lockFile: false });
    const options = resolveReportOptions(
      { ...source, url, against: path, lockFile: false, tables: ['plain'] },
      {},
    );
    file = join(server.dir, 'report.html');
    await writeFile(file, renderReportHtml(await createReport(options, {}), await buildPageAssets()));
  }, 120_000);
  afterAll(() => server?.stop());

  test('is shown to the letter, in every view, and runs and loads nothing', async () => {
    const { page, requests, complaints } = await open(file);
    await page.evaluate(`window.ran = []; window.alert = (what) => window.ran.push(what)`);
    await expect.poll(() => page.locator('.node').count()).toBe(2);
    expect(await page.locator('.node text').first().textContent()).toBe(TABLE);
    await page.locator('.node').first().focus();
    expect(await page.locator('.card h2').textContent()).toBe(TABLE);
    for (const view of ['2', '3', '4', '5']) {
      await page.keyboard.press(view);
      await page.evaluate(
        "for (const each of document.querySelectorAll('[role=tabpanel]:not([hidden]) details')) each.open = true",
      );
    }
    await page.keyboard.press('2');
    const panel = page.locator('.panel-slice');
    await expect.poll(() => panel.locator('.sql-code').count()).toBe(4);
    expect(await panel.locator('.sql-code').first().textContent()).toContain(`DEFAULT '${ATTACK}${STRANGE}'`);
    expect(await panel.locator('.file').first().textContent()).toContain(FILE);
    await page.keyboard.press('/');
    await page.keyboard.type('<script>');
    await expect.poll(() => page.locator('.table-name mark').textContent()).toBe('<script>');
    expect(
      await page.evaluate(
        'document.querySelectorAll("img, iframe, object, b, i, [onerror], [onload]").length',
      ),
    ).toBe(0);
    // The page's own, and its two blocks of data.
    expect(await page.evaluate('document.scripts.length')).toBe(3);
    expect(await page.evaluate('window.ran')).toEqual([]);
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test('could not even if it stood there as HTML: the policy forbids script and every request', async () => {
    const { page, requests, complaints } = await open(file);
    const blocked = await page.evaluate(`new Promise((resolve) => {
      window.ran = false;
      const blocked = [];
      addEventListener('securitypolicyviolation', (event) => {
        blocked.push(event.effectiveDirective);
        if (blocked.length === 5) resolve(blocked.sort());
      });
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      fetch('http://127.0.0.1:9/x').catch(() => undefined);
      const frame = document.createElement('iframe');
      frame.src = 'http://127.0.0.1:9/x.html';
      document.body.append(frame);
      const style = document.createElement('style');
      style.textContent = '@import "http://127.0.0.1:9/x.css"';
      document.head.append(style);
    })`);
    expect(blocked).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'style-src-elem']);
    expect(await page.evaluate('window.ran')).toBe(false);
    expect(complaints.length).toBeGreaterThan(0);
    expect(requests.filter((url) => url.endsWith('.css'))).toEqual([]);
  });
});
