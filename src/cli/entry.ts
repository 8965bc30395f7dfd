#!/usr/bin/env node
import { join } from 'node:path';
import { createLoader } from './code-cache.js';

// Set by the build.
declare const __PLINTH_VERSION__: string;
declare const __PLINTH_BUILD__: string;

const argv = process.argv.slice(2);
// Answered before anything is loaded.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${__PLINTH_VERSION__}\n`);
} else {
  // What Node says of a promise that nothing goes on to settle, where it is one of an ES module.
  const UNSETTLED = 13;
  process.exitCode = UNSETTLED;
  // Help, and a command line that is refused, compile little of a command: what is kept of them would be what its runs get.
  const isHelp = argv.includes('--help') || argv.includes('-h');
  const BAD_INPUT = 2;
  const command = isHelp ? 'help' : (argv[0] ?? '');
  const loader = createLoader(join(__dirname, 'cli'), __PLINTH_BUILD__, command, require);
  const { ended } = loader.load('main.cjs') as { readonly ended: Promise<void> };
  void ended.then(() => {
    if (process.exitCode === UNSETTLED) process.exitCode = 0;
    if (process.exitCode !== BAD_INPUT) loader.keep();
    // Nothing is left to be done: without taking V8's heap apart. What a slow reader has not taken yet is waited for.
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  });
}
