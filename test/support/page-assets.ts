import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPage } from '../../scripts/build-page.mjs';
import type { PageAssets } from '../../src/report/report-html.js';

/** The page's script and style, built from the sources as they are, beside builds that may go on. */
export async function buildPageAssets(): Promise<PageAssets> {
  const folder = join(import.meta.dirname, `../../node_modules/.plinth-page-${process.pid}-${Date.now()}`);
  try {
    await buildPage(folder);
    const names = ['page.js', 'page-style.css', 'LICENSES.txt'];
    const [script, style, licenses] = await Promise.all(
      names.map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { script: script!, style: style!, licenses: licenses! };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
