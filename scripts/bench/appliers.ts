import { join } from 'node:path';
import { findProgram, runCommand } from '../cluster/commands.js';
import {
  CLONE_PEERS,
  type Command,
  findPeer,
  MIGRATION_PEERS,
  type MigrationPeerName,
  PEERS,
} from '../peers/peers.js';
import type { FolderFormat } from './history/formats.js';
import type { Role } from './result.js';

/** A program that applies a whole history. */
export interface Applier {
  readonly name: string;
  readonly role: Role;
  readonly version: string;
  /** What its folder is written for. */
  readonly format: FolderFormat;
  getCommand(url: string, folder: string): Command;
}

/** The command line of the build here. */
export const PLINTH = join(process.cwd(), 'dist/cli.cjs');

export interface Appliers {
  readonly all: readonly Applier[];
  /** Of all peers that are here, those for clones among them. */
  readonly versions: Readonly<Record<string, string>>;
  /** Those that are not on this machine, with how to get them. */
  readonly missing: Readonly<Record<string, string>>;
}

const isBenched = (name: MigrationPeerName): name is MigrationPeerName & FolderFormat => name !== 'drizzle';

/** Those that are here, and those that are not; `names` leaves out others, but for Plinth. */
export function findAppliers(
  cacheDir: string,
  bin: string | null,
  names: readonly string[] | null,
): Appliers {
  const all: Applier[] = [getPlinth(cacheDir)];
  const missing: Record<string, string> = {};
  const isWanted = (name: string): boolean => names === null || names.includes(name);
  const psql = findPsql(bin);
  if (isWanted('psql')) {
    if (psql === null) missing['psql'] = 'install the PostgreSQL client of the system';
    else all.push(getPsql(psql));
  }
  for (const name of MIGRATION_PEERS.filter(isBenched).filter(isWanted)) {
    const file = findPeer(PEERS[name]);
    if (file === null) missing[name] = `npm run peers -- ${name}`;
    else all.push(getPeer(name, file));
  }
  const versions = Object.fromEntries(
    all.filter(({ role }) => role !== 'plinth').map(({ name, version }) => [name, version]),
  );
  for (const name of CLONE_PEERS) {
    const { version } = PEERS[name];
    if (findPeer(PEERS[name]) === null) missing[name] = `npm run peers -- ${name}`;
    else versions[name] = version;
  }
  return { all, versions, missing };
}

/** psql of the server's own version where there is one. */
export const findPsql = (bin: string | null): string | null =>
  bin === null ? findProgram('psql') : join(bin, 'psql');

/** The program here, with what it does with a folder. */
export const getPlinthCommand = (
  cacheDir: string,
  folder: string,
  target: readonly string[],
  more: readonly string[] = [],
): Command => ({
  program: process.execPath,
  args: [PLINTH, 'apply', '--migrations', folder, ...target, '--timeout', '5m', ...more],
  env: { PLINTH_CACHE_DIR: cacheDir },
});

export const getPlinth = (cacheDir: string, more: readonly string[] = []): Applier => ({
  ...{ name: 'plinth', role: 'plinth', version: '', format: 'goose' },
  getCommand: (url, folder) => getPlinthCommand(cacheDir, folder, ['--url', url], more),
});

// psql (PostgreSQL) 15.18 (Debian …)
const readVersion = (psql: string): string => runCommand(psql, ['--version']).trim().split(' ')[2] ?? '';

function getPsql(program: string): Applier {
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1'];
  return {
    ...{ name: 'psql', role: 'floor', version: readVersion(program), format: 'psql' },
    getCommand: (url, folder) => ({
      program,
      args: [...args, '-f', join(folder, 'history.sql'), url],
    }),
  };
}

function getPeer(name: MigrationPeerName & FolderFormat, file: string): Applier {
  const peer = PEERS[name];
  return {
    ...{ name, role: 'peer', version: peer.version, format: name },
    getCommand: (url, folder) => peer.getMigrate(file, { url, folder }),
  };
}
