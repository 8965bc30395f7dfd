import { createHash } from 'node:crypto';
import type { Report } from '../model/report.js';

/** The built parts of the page. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** The licences of what is bundled with the script. */
  readonly licenses: string;
}

/**
 * A report as one HTML file that loads nothing and may run nothing but its own script: the policy in it says so to the browser.
 * What the history says stands in it as JSON only, which cannot end its element.
 */
export function renderReportHtml(report: Report, { script, style, licenses }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src ${getHash(script)}`,
    `style-src ${getHash(style)}`,
    // Its own script, in a worker.
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(`${report.history.title} · Plinth`)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page needs JavaScript; it loads nothing from anywhere.</noscript>
<script type="application/json" id="report">${renderData(report)}</script>
<script type="application/json" id="licenses">${renderData(licenses)}</script>
<script>${script}</script>
</body>
</html>
`;
}

// U+2028 and U+2029 end a line of JavaScript, though not of JSON.
const UNSAFE = /[<>&\u2028\u2029]/g;

function renderData(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

const getHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
