import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Builds where a source is newer than what was built. */
export async function ensureBuilt(): Promise<void> {
  await run(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: root });
}

/** Runs the built program, and tells the files of which it kept V8's code: those that it loaded. */
export async function readLoaded(
  argv: readonly string[],
): Promise<{ readonly stdout: string; readonly loaded: readonly string[] }> {
  const cache = await mkdtemp(join(tmpdir(), 'plinth-built-'));
  const env = { ...process.env, PLINTH_CACHE_DIR: cache, NODE_DISABLE_COMPILE_CACHE: undefined };
  try {
    const { stdout } = await run(process.execPath, [join(root, 'dist/cli.cjs'), ...argv], { env });
    const kept = await readdir(join(cache, 'code'));
    return { stdout, loaded: kept.map((name) => name.split('-').at(-2)!).sort() };
  } finally {
    await rm(cache, { recursive: true });
  }
}
