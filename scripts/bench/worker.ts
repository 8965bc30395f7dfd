import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from '../peers/peers.js';
import { getEnvironment } from './processes.js';

/** A process that answers each line with a line. */
export interface Worker {
  /** The first line, which it says by itself. */
  readonly greeting: string;
  ask(line: string): Promise<string>;
  /** Lets it come to its end. */
  stop(): Promise<void>;
}

/** Starts it, and waits for its first line. */
export async function startWorker({ program, args, env }: Command): Promise<Worker> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: getEnvironment(env) });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-400);
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${program} ended: ${said.trim()}`);
    return value;
  };
  const greeting = await read();
  return {
    greeting,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return read();
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

/** What is asked of the library: see drivers/library.mjs. */
export interface LibraryRequest {
  readonly call: 'apply' | 'plan' | 'clone';
  readonly options: Readonly<Record<string, unknown>>;
}

export interface LibraryAnswer {
  readonly ms: number;
  readonly outcome?: string;
}

/** A process that has the library loaded; its answers are milliseconds. */
export interface Library {
  /** What loading it took. */
  readonly loadedMs: number;
  /** Throws where the call failed. */
  call(request: LibraryRequest): Promise<LibraryAnswer>;
  stop(): Promise<void>;
}

// run-ts.mjs bundles this file, and the driver is to be none of it.
const DRIVER = join(process.cwd(), 'scripts/bench/drivers/library.mjs');

export async function startLibrary(env: Readonly<Record<string, string>> = {}): Promise<Library> {
  const worker = await startWorker({ program: process.execPath, args: [DRIVER], env });
  return {
    loadedMs: (JSON.parse(worker.greeting) as LibraryAnswer).ms,
    async call(request) {
      const answer = JSON.parse(await worker.ask(JSON.stringify(request))) as LibraryAnswer & {
        error?: string;
      };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    stop: () => worker.stop(),
  };
}
