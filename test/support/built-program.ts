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

/** Runs the built program as one who has set nothing, and tells the files of which it kept V8's code: those that it loaded. */
export async function readLoaded(
  argv: readonly string[],
): Promise<{ readonly stdout: string; readonly loaded: readonly string[] }> {
  const cache = await mkdtemp(join(tmpdir(), 'plinth-built-'));
  const home = { HOME: cache, USERPROFILE: cache, LOCALAPPDATA: cache, XDG_CACHE_HOME: undefined };
  const env = { ...process.env, ...home, PLINTH_CACHE_DIR: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
  try {
    const { stdout } = await run(process.execPath, [join(root, 'dist/cli.cjs'), ...argv], { env });
    const folders = await readdir(cache, { recursive: true, withFileTypes: true });
    const kept = folders.filter((entry) => /\.cjs-[a-z]+$/.test(entry.name)).map(({ name }) => name);
    return { stdout, loaded: kept.map((name) => name.split('-').at(-2)!).sort() };
  } finally {
    await rm(cache, { recursive: true });
  }
}
