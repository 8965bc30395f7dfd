import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createBundle } from '../cli/helpers/bundle.js';

/** What a process of the command line wrote, and how it ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as the build makes it, but from the sources as they are, beside builds that may go on. */
export interface CommandLine {
  start(
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
    cwd?: string,
  ): ChildProcessWithoutNullStreams;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<Ended>;
  remove(): Promise<void>;
}

/** Bundles the command line for one test file; `cacheDir` is where its processes keep observations. */
export async function createCommandLine(cacheDir: string): Promise<CommandLine> {
  const bundle = await createBundle({ cli: 'src/cli/main.ts' });
  const start: CommandLine['start'] = (argv, env = {}, cwd = process.cwd()) =>
    spawn(process.execPath, [join(bundle.dir, 'cli.js'), ...argv], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cacheDir, PLINTH_CACHE_DIR: cacheDir, ...env },
    });
  return {
    start,
    run: (argv, env, cwd) => finish(start(argv, env, cwd)),
    remove: bundle.remove,
  };
}

/** Waits for the end of a process, and for all that it wrote. */
export async function finish(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The lines that `--json` wrote. */
export function parseLines(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Resolves when the process has written `count` lines of a type; those of `--json`. */
export function waitForLines(child: ChildProcessWithoutNullStreams, type: string, count = 1): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout.on('data', (chunk) => {
      seen += chunk;
      if (seen.split(`"type":"${type}"`).length > count) resolve();
    });
    child.once('close', () => reject(new Error(`it ended before ${count} × ${type}:\n${seen.slice(-2000)}`)));
  });
}
