// Runs a TypeScript file of this repository: Node 20 does not take types off by itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [entry, ...args] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
// Below node_modules, so that packages are found from there.
const folder = join(root, 'node_modules', '.cache', 'plinth', String(process.pid));
mkdirSync(folder, { recursive: true });
// Examples name the package as others do; what is meant is the build here.
const ITSELF = {
  name: 'itself',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^plinth\// }, ({ path }) => ({
      path: join(root, 'dist', path.slice('plinth/'.length), 'index.js'),
      external: true,
    })),
};
try {
  const outfile = join(folder, 'script.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    plugins: [ITSELF],
  });
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
