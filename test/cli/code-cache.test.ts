import { execFile } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createLoader, type Loader } from '../../src/cli/code-cache.js';
import { createBundle, root } from './helpers/bundle.js';

let folder: string;
let place: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-code-'));
  place = join(folder, 'code');
  await writeFile(
    join(folder, 'main.cjs'),
    `const other = require('./other.cjs'); exports.sum = () => other.one + require('node:path').sep.length;`,
  );
  await writeFile(join(folder, 'other.cjs'), 'exports.one = 1;');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (build = 'b1', command = 'apply'): Loader =>
  createLoader(folder, build, command, createRequire(`${folder}/`), place);

function use(loader: Loader): number {
  const { sum } = loader.load('main.cjs') as { readonly sum: () => number };
  const found = sum();
  loader.keep();
  return found;
}

async function readKept(): Promise<Record<string, number>> {
  const names = (await readdir(place)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await stat(join(place, name))).mtimeMs] as const)),
  );
}

test('keeps what was compiled of each file, and takes it the next time', async () => {
  expect(use(open())).toBe(2);
  const kept = await readKept();
  expect(Object.keys(kept)).toHaveLength(2);
  expect(use(open())).toBe(2);
  expect(await readKept()).toEqual(kept);
});

test('keeps what another process takes, where the parser is loaded, too', async () => {
  const bundle = await createBundle({ cache: 'src/cli/code-cache.ts' });
  onTestFinished(() => bundle.remove());
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFile(
    join(folder, 'main.cjs'),
    `const { loadModule, parseSync } = require('libpg-query');
     exports.parsed = loadModule().then(() => parseSync('select 1; select 2').stmts.length);`,
  );
  await writeFile(
    join(folder, 'run.mjs'),
    `import { createRequire } from 'node:module';
     import { createLoader } from ${JSON.stringify(pathToFileURL(join(bundle.dir, 'cache.js')))};
     const require = createRequire(import.meta.url);
     const loader = createLoader(import.meta.dirname, 'b1', 'apply', require, ${JSON.stringify(place)});
     console.log(await loader.load('main.cjs').parsed);
     loader.keep();`,
  );
  const run = () => promisify(execFile)(process.execPath, [join(folder, 'run.mjs')]);
  expect(await run()).toEqual({ stdout: '2\n', stderr: '' });
  const kept = await readKept();
  expect(Object.keys(kept)).toHaveLength(1);
  expect(await run()).toEqual({ stdout: '2\n', stderr: '' });
  expect(await readKept()).toEqual(kept);
});

test('keeps it for each command by itself, and throws away what another build left', async () => {
  use(open());
  use(open('b1', 'plan'));
  expect(Object.keys(await readKept())).toHaveLength(4);
  use(open('b2'));
  expect(Object.keys(await readKept()).filter((name) => !name.startsWith('b2-'))).toEqual([]);
});

test('compiles anew what is not as V8 left it', async () => {
  use(open());
  const [name] = Object.keys(await readKept());
  await writeFile(join(place, name!), 'nonsense');
  // Another text, as V8 remembers within a process what it compiled.
  await appendFile(join(folder, 'main.cjs'), '\n// again');
  expect(use(open())).toBe(2);
  expect(await readFile(join(place, name!), 'latin1')).not.toBe('nonsense');
});

test.skipIf(process.platform === 'win32')('reads nothing that others may have written', async () => {
  use(open());
  const [name] = Object.keys(await readKept());
  await chmod(join(place, name!), 0o666);
  expect(use(open())).toBe(2);
  expect((await stat(join(place, name!))).mode & 0o777).toBe(0o600);
});

test('runs where nothing can be kept', async () => {
  await writeFile(place, 'a file, and no folder');
  expect(use(open())).toBe(2);
  await rm(place);
  await mkdir(place);
  const off = createLoader(folder, 'b1', 'apply', createRequire(`${folder}/`), null);
  expect(use(off)).toBe(2);
  expect(await readdir(place)).toEqual([]);
});
