import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { TestingOptions } from '../../src/testing/index.js';

/** What a worker says of a database. */
export interface Made {
  readonly name: string;
  readonly elapsedMs: number;
  /** Rows of another test, which must be none; or how it was cut off. */
  readonly seen: number | string;
}

export interface Worker {
  readonly child: ChildProcess;
  readonly made: Made[];
  /** Settles when the worker ends; throws what it said where it failed, but for being killed. */
  readonly ended: Promise<void>;
}

/** The worker as a program that Node runs, below node_modules, so that packages are found from there. */
export async function buildWorker(root: string): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const folder = join(root, 'node_modules/.cache/plinth', `workers-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'worker.mjs');
  await build({
    entryPoints: [join(root, 'scripts/testing/worker.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts a process that makes databases one after the other. */
export function startWorker(file: string, options: TestingOptions, databases: number): Worker {
  const child = spawn(process.execPath, [file, JSON.stringify({ options, databases })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const made: Made[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => made.push(JSON.parse(line) as Made));
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`a worker ended with ${code ?? signal}: ${said}`);
  });
  ended.catch(() => {});
  return { child, made, ended };
}
