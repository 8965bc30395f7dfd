import { chown, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedFailure } from './failure.js';
import { getIdentity, isAlive } from './process-identity.js';
import { getRunAs, isReachable, type RunAs } from './run-as.js';

/** `plinth-scratch-<pid of the owner>-<random>` */
export const SCRATCH_NAME = /^plinth-scratch-(\d+)-[A-Za-z0-9]{6}$/;
const PREFIX = `plinth-scratch-${process.pid}-`;

/** The longest path of a unix socket in bytes (macOS: 103). */
export const SOCKET_PATH_LIMIT = process.platform === 'linux' ? 107 : 103;
const LONGEST_SOCKET = '/plinth-scratch-4194304-XXXXXX/.s.PGSQL.65535';

/** The folders for temporary files that the server can reach and whose names leave room for a socket's. */
export async function getScratchBases(): Promise<readonly string[]> {
  const runAs = await getRunAs();
  const bases = new Set<string>();
  for (const candidate of process.platform === 'win32' ? [tmpdir()] : [tmpdir(), '/tmp']) {
    const path = await realpath(candidate).catch(() => null);
    if (path === null || Buffer.byteLength(path + LONGEST_SOCKET) > SOCKET_PATH_LIMIT) continue;
    if (await isReachable(path, runAs)) bases.add(path);
  }
  if (bases.size === 0) throw new EmbeddedFailure(`no folder for temporary files (TMPDIR is ${tmpdir()})`);
  return [...bases];
}

/** Makes a temporary folder that a later sweep removes if this process does not. */
export async function createScratchFolder(runAs: RunAs | null): Promise<string> {
  const folder = await mkdtemp(join((await getScratchBases())[0]!, PREFIX));
  await writeFile(join(folder, 'owner'), getIdentity(process.pid));
  if (runAs !== null) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

/** True where the process that made the folder is surely gone. */
export async function isAbandoned(folder: string, pid: number): Promise<boolean> {
  const recorded = await readFile(join(folder, 'owner'), 'utf8').catch(() => '');
  if (recorded === '') return !isAlive(pid);
  const [space] = recorded.split(' ');
  // A container that shares our /tmp has process ids of its own: not ours to judge.
  if (space !== getIdentity(process.pid).split(' ')[0]) return false;
  return getIdentity(pid) !== recorded;
}
