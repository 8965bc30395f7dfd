import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { renderReportHtml } from '../../src/report/report-html.js';

const HOSTILE = '</script><!--<script>\u2028\u2029&"\'$&';
const REPORT: Report = {
  format: 'plinth-report/1',
  version: '1.2.3',
  madeAt: '2026-01-02T03:04:05.678Z',
  chosen: [],
  usage: null,
  changes: null,
  history: {
    name: 'main',
    format: 'plain',
    location: HOSTILE,
    title: HOSTILE,
    migrations: [HOSTILE],
    codeSteps: [],
    statements: [],
    objects: [],
    tables: [],
    late: [],
    server: 180_004,
  },
};
const ASSETS = { script: 'start("$&");', style: 'p{color:red}', licenses: HOSTILE };

test('data stands in the page as data, whatever is in it', () => {
  const page = renderReportHtml(REPORT, ASSETS);
  const [, data] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)!;
  expect(data).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(data!)).toEqual(REPORT);
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(page).toContain(
    "<title>&lt;/script&gt;&lt;!--&lt;script&gt;\u2028\u2029&amp;&quot;'$&amp; · Plinth</title>",
  );
});

test('its policy allows its own script and style, to the letter, and nothing else', () => {
  const page = renderReportHtml(REPORT, ASSETS);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(ASSETS.script)}`,
    `style-src ${hash(ASSETS.style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).toContain(`<script>${ASSETS.script}</script>`);
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
});
