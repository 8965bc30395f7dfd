import { basename } from 'node:path';
import type { Io } from './io.js';

// Set by the build; the sources run without it.
declare const __PLINTH_VERSION__: string;
const version = typeof __PLINTH_VERSION__ === 'string' ? __PLINTH_VERSION__ : '0.0.0';

/** Ends when the program does; it never fails. */
export const ended: Promise<void> = runMain(process.argv.slice(2));

async function runMain(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // A reader such as `head` may leave early; a run goes on, as its transactions have begun.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // kubectl asks a plugin for completions under this name:
  // https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
  const isKubectl = basename(process.argv[1] ?? '').startsWith('kubectl_complete-');
  if (isKubectl || (argv[0] === 'complete' && argv[1] === '--')) {
    // At every press of the tab key: without the parser, which knows nothing of half a line.
    const { runComplete } = await import('./completion/complete.js');
    await runComplete(isKubectl ? argv : argv.slice(2), createIo(new AbortController().signal));
    return;
  }
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping: what is not committed is rolled back. Once more to end at once.\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const { runCli } = await import('./run-cli.js');
  process.exitCode = await runCli(argv, createIo(stop.signal));
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}

function createIo(signal: AbortSignal): Io {
  return {
    name: basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl plinth' : 'plinth',
    version,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signal,
    load: () => import('../run.js'),
    loadKubernaut: () => import('../kubernaut/options.js'),
  };
}
