// Builds dist: the library by tsc, the command line bundled by esbuild. With --if-needed only where a source is newer.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const INPUTS = ['src', 'scripts/build.mjs', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

if (!process.argv.includes('--if-needed') || isStale()) await buildAll();

function isStale() {
  const built = join(dist, 'cli.js');
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  return INPUTS.some((input) => getNewest(join(root, input)) > mtimeMs);
}

function getNewest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => getNewest(join(path, name))));
}

async function buildAll() {
  // Aside, then swapped in, so that whoever runs the old build meanwhile finds all of it.
  const stage = join(root, 'node_modules/.cache', `plinth-build-${process.pid}`);
  mkdirSync(stage, { recursive: true });
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', stage], {
      cwd: root,
      stdio: 'inherit',
    });
    await bundleCli(stage);
    cpSync(join(root, 'src/kubernaut/migrations'), join(stage, 'kubernaut/migrations'), { recursive: true });
    rmSync(dist, { recursive: true, force: true });
    renameSync(stage, dist);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function bundleCli(stage) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: stage,
    chunkNames: 'cli/[name]-[hash]',
    bundle: true,
    // What the entry imports dynamically is read from disk when it is needed, not before.
    splitting: true,
    // Dependencies stay where npm puts them, with their licences and libpg-query's WebAssembly.
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    define: { __PLINTH_VERSION__: JSON.stringify(version) },
    logLevel: 'warning',
  });
  chmodSync(join(stage, 'cli.js'), 0o755);
}
