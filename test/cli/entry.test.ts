import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './helpers/bundle.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-entry-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/entry.ts'],
    outfile: join(dir, 'cli.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
    define: { __PLINTH_VERSION__: '"9.8.7"', __PLINTH_BUILD__: '"b1"' },
  });
  await mkdir(join(dir, 'cli'));
  // Ends as its last argument says.
  await writeFile(
    join(dir, 'cli/main.cjs'),
    'exports.ended = Promise.resolve().then(() => { process.exitCode = Number(process.argv.at(-1)); });',
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The commands for which code is kept after one run with these arguments. */
async function readKept(argv: readonly string[]): Promise<readonly string[]> {
  const cache = await mkdtemp(join(dir, 'cache-'));
  const env = { ...process.env, PLINTH_CACHE_DIR: cache, NODE_DISABLE_COMPILE_CACHE: undefined };
  const code = await new Promise((resolve) => {
    execFile(process.execPath, [join(dir, 'cli.cjs'), ...argv], { env }, (error) =>
      resolve(error?.code ?? 0),
    );
  });
  expect(code).toBe(Number(argv.at(-1)));
  const names = await readdir(join(cache, 'code')).catch(() => []);
  return names.map((name) => name.split('-').at(-1)!);
}

test('a run keeps the code of its command, also where it fails', async () => {
  expect(await readKept(['apply', '0'])).toEqual(['apply']);
  expect(await readKept(['apply', '5'])).toEqual(['apply']);
});

test('help and a command line that is refused keep nothing for the command', async () => {
  expect(await readKept(['apply', '--help', '0'])).toEqual(['help']);
  expect(await readKept(['apply', '-h', '0'])).toEqual(['help']);
  expect(await readKept(['apply', '2'])).toEqual([]);
});
