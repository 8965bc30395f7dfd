import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type OS from 'node:os';
import { dirname, join } from 'node:path';
import type V8 from 'node:v8';
import { Script } from 'node:vm';

/** Loads the program's files, each compiled once for all runs of the same command. */
export interface Loader {
  load(file: string): unknown;
  /** Keeps what was compiled for the next run; does nothing where all of it was kept, or where it cannot be. */
  keep(): void;
}

interface Loaded {
  readonly script: Script;
  readonly path: string;
}

// The parser's WebAssembly is compiled once: to compile what is called often a second time, with optimizations, takes longer than
// parsing thousands of statements. https://v8.dev/docs/wasm-compilation-pipeline
const FLAG = '--liftoff-only';
// The opposite of it and of what it implies: V8 takes its code only under the flags under which it was kept.
const USUAL_FLAGS = ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

/**
 * A loader for CommonJS files in one folder, which import nothing. V8's code is kept in the user's cache folder, under the name of the build and of
 * the command, as another command compiles other functions. Node's own compile cache would do the same, from Node 22 on:
 * https://nodejs.org/api/module.html#module-compile-cache
 */
export function createLoader(
  folder: string,
  build: string,
  command: string,
  require: NodeJS.Require,
  place: string | null = getPlace(process.env, require),
): Loader {
  const prefix = `${build}-${process.version}-${process.arch}`;
  const suffix = /^[a-z]{1,20}$/.test(command) ? command : 'none';
  const fresh: Loaded[] = [];
  const modules = new Map<string, { exports: unknown }>();

  const setFlags = (...flags: readonly string[]): void => {
    for (const flag of flags) (require('node:v8') as typeof V8).setFlagsFromString(flag);
  };
  const requirePackage = (id: string): unknown => {
    if (id === 'libpg-query') setFlags(FLAG);
    return require(id);
  };

  const load = (file: string): unknown => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const filename = join(folder, file);
    const path = place === null ? null : join(place, `${prefix}-${file}-${suffix}`);
    const cachedData = path === null ? undefined : read(path);
    // The build writes ASCII, which V8 keeps in a byte for each character.
    const source = `(function (exports, require, module, __filename) {${readFileSync(filename, 'latin1')}\n})`;
    const script = new Script(source, {
      filename,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    if (path !== null && (cachedData === undefined || script.cachedDataRejected === true)) {
      fresh.push({ script, path });
    }
    const module = { exports: {} as unknown };
    modules.set(file, module);
    script.runInThisContext()(
      module.exports,
      (id: string) => (id.startsWith('./') ? load(id.slice(2)) : requirePackage(id)),
      module,
      filename,
    );
    return module.exports;
  };

  return {
    load,
    keep: () => {
      if (fresh.length === 0) return;
      setFlags(...USUAL_FLAGS);
      for (const { script, path } of fresh) write(path, script.createCachedData(), prefix);
    },
  };
}

/** As env-paths has it, which is not loaded by now; null where nothing is to be kept. */
function getPlace(env: NodeJS.ProcessEnv, require: NodeJS.Require): string | null {
  const { platform } = process;
  if (env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return null;
  const own = env['PLINTH_CACHE_DIR'];
  if (own !== undefined && own !== '') return join(own, 'code');
  // What os.homedir() takes, too, which is one module more to load.
  const home = (platform !== 'win32' && env['HOME']) || (require('node:os') as typeof OS).homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'plinth', 'code');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'plinth', 'Cache', 'code');
  }
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'plinth', 'code');
}

// What somebody else may have written would be run as ours: V8 checks no more of the source than its length.
function read(path: string): Buffer | undefined {
  try {
    const { mode, uid } = statSync(path);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

// Whole or not at all; what other builds and versions of Node have left goes. Where nothing can be written, nothing is kept.
function write(path: string, data: Buffer, prefix: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefix)) rmSync(join(folder, name), { force: true });
    }
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, data, { mode: 0o600 });
    renameSync(aside, path);
  } catch {
    // A read-only home: the next run compiles again.
  }
}
