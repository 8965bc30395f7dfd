import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../peers/peers.js';

export interface RunOptions {
  readonly cwd?: string;
  /** Default: 5 minutes. */
  readonly timeoutMs?: number;
}

export interface Finished {
  /** From before it was started until it was gone. */
  readonly ms: number;
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly output: string;
}

// What names a database for some of them, and settings of Plinth's own, would make it another measure.
const FOREIGN = /^(DATABASE_URL|PG[A-Z]+|PLINTH_.*|FORCE_COLOR)$/;

/** The environment of those who are measured. */
export function getEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !FOREIGN.test(name),
  );
  return { ...(Object.fromEntries(own) as Record<string, string>), ...more };
}

/** Runs a program to its end. What it writes goes into a file, so that nobody has to read it meanwhile. */
export async function runTimed({ program, args, env }: Command, options: RunOptions = {}): Promise<Finished> {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
  const output = openSync(join(dir, 'output'), 'w');
  try {
    const start = performance.now();
    const child = spawn(program, args, {
      stdio: ['ignore', output, output],
      env: getEnvironment(env),
      timeout: options.timeoutMs ?? 5 * 60_000,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const code = await waitForExit(child);
    const ms = performance.now() - start;
    return { ms, code, output: readFileSync(join(dir, 'output'), 'utf8') };
  } finally {
    closeSync(output);
    rmSync(dir, { recursive: true, force: true });
  }
}

function waitForExit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

/** Runs it, and throws with its last words where it did not end well. */
export async function runWell(command: Command, options: RunOptions = {}): Promise<Finished> {
  const finished = await runTimed(command, options);
  if (finished.code === 0) return finished;
  throw new Error(
    `${basename(command.program)} ended with ${finished.code}: ${getLastWords(finished.output)}`,
  );
}

// What is published does not tell where things lie on this machine.
const withoutFolders = (text: string): string =>
  text.replaceAll(/(?:file:\/\/)?(?:\/[\w.@+~-]+)+\/([\w.@+~-]+)/g, '$1');

/** What tells best why it failed: the first line that speaks of an error, else the last one. */
export function getLastWords(output: string): string {
  const lines = output.trim().split('\n');
  const line = lines.find((one) => /error/i.test(one)) ?? lines.at(-1)!;
  return withoutFolders(line.trim()).slice(0, 200);
}

/**
 * How long until a program has written what matches, after which it is ended. Throws where it ends before, or the time is up.
 */
export async function runUntil(
  { program, args, env }: Command,
  pattern: RegExp,
  { cwd, timeoutMs = 10_000 }: RunOptions,
): Promise<number> {
  const start = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: getEnvironment(env),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let said = '';
  const found = new Promise<number>((resolve) => {
    const look = (data: Buffer): void => {
      said += data.toString();
      if (pattern.test(said)) resolve(performance.now() - start);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
  });
  const ended = waitForExit(child).then(() => sleep(50, null));
  const timer = new AbortController();
  const late = sleep(timeoutMs, null, { signal: timer.signal }).catch(() => null);
  try {
    const ms = await Promise.race([found, ended, late]);
    if (ms !== null) return ms;
    const isRunning = child.exitCode === null && child.signalCode === null;
    throw new Error(
      isRunning
        ? `said nothing of it in ${timeoutMs / 1000} s`
        : `ended without a word of it: ${getLastWords(said)}`,
    );
  } finally {
    timer.abort();
    child.kill('SIGKILL');
    await ended;
  }
}
