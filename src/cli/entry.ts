#!/usr/bin/env node
import { createLoader } from './code-cache.js';

// Set by the build.
declare const __PLINTH_VERSION__: string;
declare const __PLINTH_BUILD__: string;

const argv = process.argv.slice(2);
// Answered before anything is loaded.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${__PLINTH_VERSION__}\n`);
} else {
  const loader = createLoader(new URL('./cli/', import.meta.url), __PLINTH_BUILD__, argv[0] ?? '');
  await (loader.load('main.cjs') as { readonly ended: Promise<void> }).ended;
  loader.keep();
}
