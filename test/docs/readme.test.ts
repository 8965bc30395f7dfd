import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopEmbedded } from '../../src/embedded/server.js';
import { type Bundle, createBundle, root } from '../cli/helpers/bundle.js';

const run = promisify(execFile);

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** The code blocks of a document, in order. */
async function readBlocks(name: string): Promise<Block[]> {
  const text = await readFile(join(root, name), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** Documents that go on from one another; each story is told in a folder of its own. */
const STORIES = [
  ['README.md', 'docs/library.md', 'docs/verify.md', 'docs/testing.md'],
  ['docs/settings.md'],
  ['docs/tour.md'],
];
/** Where their examples leave an embedded server up. */
const SERVERS = ['.postgres', '.legacy', '.plinth/db'];

let bundle: Bundle;

beforeAll(async () => {
  bundle = await createBundle({
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
  });
  await writeFile(
    join(bundle.dir, 'package.json'),
    JSON.stringify({
      name: 'plinth',
      type: 'module',
      exports: { '.': './index.js', './testing': './testing.js' },
    }),
  );
});
afterAll(() => bundle.remove());

// What the reader has after `npm install plinth`: the program on the path, and the package in node_modules.
async function createProject(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-readme-'));
  const bin = join(dir, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await symlink(bundle.dir, join(dir, 'node_modules', 'plinth'));
  await writeFile(join(bin, 'plinth'), `#!/bin/sh\nexec "${process.execPath}" "${bundle.dir}/cli.js" "$@"\n`);
  await chmod(join(bin, 'plinth'), 0o755);
  // A server runs as another user where the tests run as root.
  await chmod(dir, 0o755);
  return dir;
}

async function runBlock({ language, text }: Block, dir: string): Promise<string> {
  const env = {
    PATH: `${join(dir, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
    HOME: process.env['HOME'],
    PLINTH_CACHE_DIR: join(dir, 'cache'),
    // Where the embedded server of docs/testing.md has its data.
    TMPDIR: dir,
  };
  if (language === 'sh') {
    return (await run('sh', ['-eu', '-c', text], { cwd: dir, env })).stdout;
  }
  const { code } = await transform(text, { loader: 'ts', format: 'esm', target: 'node20' });
  const file = join(dir, 'example.mjs');
  await writeFile(file, code);
  return (await run(process.execPath, [file], { cwd: dir, env })).stdout;
}

const isRun = ({ language, text }: Block): boolean =>
  ['sh', 'ts'].includes(language) && !/^(npm|npx|kubectl) /m.test(text);

// One after the other: each goes on from what the ones before it left in the folder.
describe.each(STORIES)('the examples of %s, in their order', async (...names) => {
  let dir: string;
  beforeAll(async () => {
    dir = await createProject();
  });
  afterAll(async () => {
    for (const server of SERVERS) await stopEmbedded(join(dir, server));
    await rm(dir, { recursive: true, force: true });
  });

  for (const name of names) {
    const blocks = await readBlocks(name);
    for (const [index, block] of blocks.entries()) {
      if (!isRun(block)) continue;
      test(`${name}:${block.line} works as printed`, async () => {
        const output = await runBlock(block, dir);
        const shown = blocks[index + 1];
        if (shown?.language === 'text') expect(renderTimeless(output)).toBe(renderTimeless(shown.text));
      });
    }
  }
});

// Times and ports differ from run to run.
const renderTimeless = (text: string): string =>
  text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, 'N ms')
    .replace(/(127\.0\.0\.1):\d+/g, '$1:N')
    .trimEnd();
