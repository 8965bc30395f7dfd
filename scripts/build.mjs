// Builds dist: the library by tsc, the command line and the Kubernetes client bundled by esbuild. With --if-needed only where a source is newer.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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
import { KUBE_CONFIG, WEB_SOCKET } from './kubernetes-client.mjs';
import { renderLicenses } from './licenses.mjs';
import { buildSplit } from './split-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const INPUTS = [
  'src',
  'scripts/build.mjs',
  'scripts/build-page.mjs',
  'scripts/kubernetes-client.mjs',
  'scripts/licenses.mjs',
  'scripts/split-program.mjs',
  'scripts/pg-crypto.cjs',
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
  // For the library, dependencies stay where npm puts them.
  external: Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => [name, `${name}/*`]),
};

// What has files beside its code: WebAssembly, programs.
const SEPARATE = ['libpg-query', 'open', 'pg-native', ...Object.keys(optionalDependencies)];

// Looking for Cloudflare's sockets, pg makes a Response, for which Node 20 loads all of fetch; we give it streams of our own.
const PG_STREAM = {
  name: 'pg-stream',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/pg\/lib\/stream\.js$/ }, () => ({ contents: 'module.exports = {}' })),
};

const PG_CRYPTO = {
  name: 'pg-crypto',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/pg\/lib\/crypto\/utils\.js$/ }, () => ({
      contents: readFileSync(join(root, 'scripts/pg-crypto.cjs'), 'utf8'),
    })),
};

// Which commander takes for commands that are programs of their own; we have none, and no pool of connections.
const UNUSED = {
  name: 'unused',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^(?:node:child_process|pg-pool)$/ }, ({ importer, path }) =>
      /\/(?:commander|pg)\/lib\//.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = class {}' }));
  },
};

// Loaded with the first call of one of their functions: where everything is there already, there is none. With the first comes a
// terminal's line editor.
const LATE = {
  name: 'late',
  setup: ({ onLoad, onResolve }) => {
    const isLate = (name, importer) =>
      name === 'fs/promises' ||
      (name === 'os' && importer.startsWith(join(root, 'src'))) ||
      (name === 'dns' && /\/pg\/lib\//.test(importer)) ||
      (/^(?:env-paths|picomatch)$/.test(name) && importer.startsWith(join(root, 'src')));
    onResolve(
      { filter: /^(?:node:)?(?:fs\/promises|os|dns|env-paths|picomatch)$/ },
      ({ path, importer, namespace }) => {
        const name = path.replace('node:', '');
        // Itself it imports the real one.
        return namespace !== 'late' && isLate(name, importer) ? { path: name, namespace: 'late' } : undefined;
      },
    );
    onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => ({
      contents: renderLate(path, await import(path)),
      resolveDir: root,
    }));
  },
};

function renderLate(path, exported) {
  const functions = Object.keys(exported).filter((name) => typeof exported[name] === 'function');
  if (functions.includes('default')) {
    return `const get = (module) => module.default ?? module; export default (...given) => get(require('${path}'))(...given);`;
  }
  return functions
    .map((name) => `export const ${name} = (...given) => require('${path}').${name}(...given);`)
    .concat(path === 'fs/promises' ? ["export { constants } from 'node:fs';"] : [])
    .join('\n');
}

// An ES module, whose default is one more step away by require.
const OPEN = {
  name: 'open',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^open$/ }, ({ namespace, path }) =>
      namespace === 'required' ? { path, external: true } : { path, namespace: 'required' },
    );
    onLoad({ filter: /./, namespace: 'required' }, () => ({
      contents: "export default require('open').default",
      resolveDir: root,
    }));
  },
};

// The clock without what else node:perf_hooks is, which Node loads for the first performance.now().
const BANNER = [
  "const __meta = { get url() { return require('node:url').pathToFileURL(__filename).href; } };",
  'const __now = () => { const [seconds, nanoseconds] = process.hrtime(); return seconds * 1e3 + nanoseconds / 1e6; };',
].join('\n');

// With its dependencies, in few files: a file for each module takes longer to find than to read. Names stay, for stack traces.
const PROGRAM = {
  ...COMMON,
  external: SEPARATE,
  plugins: [KUBE_CONFIG, WEB_SOCKET, PG_STREAM, PG_CRYPTO, UNUSED, LATE, OPEN],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // By require: of import() in such a script Node 20 warns that it is experimental.
  supported: { 'dynamic-import': false },
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: BANNER },
  define: {
    __PLINTH_VERSION__: JSON.stringify(version),
    'import.meta.url': '__meta.url',
    'performance.now': '__now',
  },
};

const KINDS = {
  // What `plinth apply --url` imports when it finds nothing to do.
  main: [
    'src/cli/run-cli.ts',
    'src/cli/commands/apply.ts',
    'src/run.ts',
    'src/run/prepare.ts',
    'src/run/applying.ts',
    'src/postgres/connect.ts',
    'node_modules/env-paths/index.js',
  ],
  // And when there is something, or a plan is asked for.
  apply: ['src/run/apply-missing.ts', 'src/run/watching.ts', 'src/cli/commands/plan.ts'],
  // In a cluster, either way.
  cluster: ['src/run/cluster-target.ts', 'src/cluster/kube-config.ts', 'node_modules/ws/lib/websocket.js'],
};

const PROGRAM_FILES = [...Object.keys(KINDS), 'rest'].map((name) => `${name}.cjs`);

if (!process.argv.includes('--if-needed') || isStale()) await buildAll();

function isStale() {
  const built = join(dist, 'cli.cjs');
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
    // Only bundles of theirs are used.
    rmSync(join(stage, 'cli'), { recursive: true, force: true });
    const inputs = [...(await bundleKubernetes(stage)), ...(await bundleProgram(stage))];
    writeFileSync(
      join(stage, 'LICENSES.txt'),
      renderLicenses(['cluster/kubernetes-client.js', 'cli/*.cjs'], inputs),
    );
    await bundleEntry(stage);
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
    plugins: [KUBE_CONFIG],
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  return Object.keys(metafile.inputs);
}

async function bundleProgram(stage) {
  const outdir = join(stage, 'cli');
  const inputs = await buildSplit(PROGRAM, {
    entry: 'src/cli/main.ts',
    exported: 'ended',
    kinds: KINDS,
    outdir,
  });
  for (const name of PROGRAM_FILES) {
    // Read as one byte for each character, which is what V8 keeps of it.
    if (/[^\0-\x7f]/.test(readFileSync(join(outdir, name), 'utf8'))) throw new Error(`${name} is not ASCII`);
  }
  return inputs;
}

async function bundleEntry(stage) {
  const hash = createHash('sha256').update(version);
  for (const name of PROGRAM_FILES) hash.update(readFileSync(join(stage, 'cli', name)));
  // CommonJS, as Node loads its loader of ES modules for nothing else here.
  await build({
    ...COMMON,
    entryPoints: { cli: 'src/cli/entry.ts' },
    outdir: stage,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: {
      __PLINTH_VERSION__: JSON.stringify(version),
      __PLINTH_BUILD__: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
  });
  chmodSync(join(stage, 'cli.cjs'), 0o755);
}
