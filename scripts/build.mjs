// Builds dist: the library by tsc, the command line and the Kubernetes client bundled by esbuild. With --if-needed only where a source is newer.
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
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage } from './build-page.mjs';
import { renderLicenses } from './licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const INPUTS = [
  'src',
  'scripts/build.mjs',
  'scripts/build-page.mjs',
  'scripts/licenses.mjs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

const { dependencies, optionalDependencies, version } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  // Dependencies stay where npm puts them, with their licences and libpg-query's WebAssembly.
  external: Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => [name, `${name}/*`]),
};

// Of the Kubernetes client one class is needed; as a whole it takes seven times as long to load.
const KUBERNETES = {
  name: 'kubernetes',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/kubernetes-client\.js$/ }, () => ({
      path: '../cluster/kubernetes-client.js',
      external: true,
    })),
};

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
    await bundleKubernetes(stage);
    await buildPage(join(stage, 'page'));
    cpSync(join(root, 'src/kubernaut/migrations'), join(stage, 'kubernaut/migrations'), { recursive: true });
    rmSync(dist, { recursive: true, force: true });
    renameSync(stage, dist);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function bundleKubernetes(stage) {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/cluster/kubernetes-client.ts'],
    outfile: join(stage, 'cluster/kubernetes-client.js'),
    allowOverwrite: true,
    minify: true,
    metafile: true,
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  const inputs = Object.keys(metafile.inputs);
  writeFileSync(join(stage, 'LICENSES.txt'), renderLicenses('cluster/kubernetes-client.js', inputs));
}

async function bundleCli(stage) {
  await build({
    ...COMMON,
    plugins: [KUBERNETES],
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: stage,
    chunkNames: 'cli/[name]-[hash]',
    // What the entry imports dynamically is read from disk when it is needed, not before.
    splitting: true,
    define: { __PLINTH_VERSION__: JSON.stringify(version) },
  });
  chmodSync(join(stage, 'cli.js'), 0o755);
}
