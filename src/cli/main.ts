#!/usr/bin/env node
import { basename } from 'node:path';

// Set by the build; the sources run without it.
declare const __PLINTH_VERSION__: string;
const version = typeof __PLINTH_VERSION__ === 'string' ? __PLINTH_VERSION__ : '0.0.0';

const argv = process.argv.slice(2);
for (const stream of [process.stdout, process.stderr]) {
  // A reader such as `head` may leave early; a run goes on, as its transactions have begun.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Answered before anything is loaded.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${version}\n`);
} else {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping: what is not committed is rolled back. Once more to end at once.\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const { runCli } = await import('./run-cli.js');
  process.exitCode = await runCli(argv, {
    name: basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl plinth' : 'plinth',
    version,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signal: stop.signal,
    load: () => import('../run.js'),
  });
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
