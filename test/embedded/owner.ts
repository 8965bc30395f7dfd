import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { isAlive } from '../../src/embedded/process-identity.js';
import type { EmbeddedServer } from '../../src/embedded/server.js';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/plinth-test');
const SERVER = join(import.meta.dirname, '../../src/embedded/server.ts');

/** What a test wants to know of the server that the process started. */
type Said = Pick<EmbeddedServer, 'pid' | 'url'>;

/** A process of its own that runs `script`, which has `startEmbedded` and prints what the test wants as JSON. */
export async function startOwner(script: string, name: string): Promise<{ child: ChildProcess; said: Said }> {
  // Bundled, because Node 20 runs no TypeScript.
  const outfile = join(CACHE, `${name}-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `import { startEmbedded } from ${JSON.stringify(SERVER)};\n${script}`,
      resolveDir: import.meta.dirname,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<Said>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString())));
    child.once('exit', () => reject(new Error('the owner ended without a word')));
  });
  return { child, said };
}

/** True once the process has ended; false where it goes on for four seconds. */
export async function hasEnded(pid: number): Promise<boolean> {
  for (let i = 0; i < 400 && isAlive(pid); i += 1) await sleep(10);
  return !isAlive(pid);
}
