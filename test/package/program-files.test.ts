import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunServer, SHOP, startRunServer } from '../support/run-database.js';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
  await run(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: root });
});
afterAll(() => server?.stop());

/** Runs the built program, and tells the files of which it kept V8's code: those that it loaded. */
async function readLoaded(argv: readonly string[]): Promise<{ stdout: string; loaded: readonly string[] }> {
  const cache = await mkdtemp(join(server.dir, 'cache-'));
  const env = { ...process.env, PLINTH_CACHE_DIR: cache, NODE_DISABLE_COMPILE_CACHE: undefined };
  try {
    const { stdout } = await run(process.execPath, [join(root, 'dist/cli.cjs'), ...argv], { env });
    const kept = await readdir(join(cache, 'code'));
    return { stdout, loaded: kept.map((name) => name.split('-').at(-2)!).sort() };
  } finally {
    await rm(cache, { recursive: true });
  }
}

test('one file of the program is enough where nothing is to be done, and two where something is', async () => {
  const argv = ['apply', '--migrations', SHOP, '--url', await server.createDatabase()];
  expect((await readLoaded(argv)).loaded).toEqual(['apply.cjs', 'main.cjs']);
  const again = await readLoaded(argv);
  expect(again.stdout).toContain('Nothing to do');
  expect(again.loaded).toEqual(['main.cjs']);
});
