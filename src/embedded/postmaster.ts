import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { isAlive, isZombie } from './process-identity.js';

/** What `postmaster.pid` tells about the server of a data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty where it has none. */
  readonly socketDir: string;
  /** Empty where it listens on no address. */
  readonly address: string;
  readonly ready: boolean;
}

/** The running server of a data directory; null where there is none. */
export function readPostmaster(dataDir: string): Postmaster | null {
  let text: string;
  try {
    text = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8');
  } catch {
    return null;
  }
  // https://www.postgresql.org/docs/18/storage-file-layout.html; the eighth line is pg_ctl's.
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostmaster(pid, dataDir)) return null;
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDir: lines[4] ?? '',
    address: lines[5] ?? '',
    ready: lines[7] === 'ready',
  };
}

/** Waits a while for a killed server to be reaped: until then PostgreSQL takes it for a running one. */
export async function waitForReaping(dataDir: string): Promise<void> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  for (let i = 0; i < 200 && isZombie(pid); i += 1) await sleep(50);
}

/** True where the process is the server of this very data directory: ids are used again, and we send it signals. */
export function isPostmaster(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  // pg_ctl starts it as `postgres -D <dataDir>`; `ps` prints the same without the borders of the arguments.
  return process.platform === 'linux'
    ? getArguments(pid).includes(dataDir)
    : getCommand(pid).includes(dataDir);
}

function getArguments(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function getCommand(pid: number): string {
  return spawnSync('ps', ['-p', `${pid}`, '-o', 'command=']).stdout.toString();
}

/** `fast` ends sessions and writes a checkpoint; `immediate` just ends. */
export type StopMode = 'fast' | 'immediate';

/** Tells the server to end, without waiting for it; does nothing where it has ended. */
export function signalPostmaster(binaries: Binaries, pid: number, mode: StopMode): void {
  const signal = mode === 'fast' ? 'INT' : 'QUIT';
  if (process.platform === 'win32') {
    spawnSync(binaries.pgCtl, ['kill', signal, `${pid}`], { windowsHide: true });
    return;
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch {
    // It ended by itself.
  }
}

const PATIENCE_MS = { fast: 20_000, immediate: 10_000 };

/** Stops the server of a data directory and waits for its end; a `fast` stop that takes too long becomes an immediate one. */
export async function stopPostmaster(binaries: Binaries, dataDir: string, mode: StopMode): Promise<void> {
  const running = readPostmaster(dataDir);
  if (running === null) return;
  signalPostmaster(binaries, running.pid, mode);
  const until = Date.now() + PATIENCE_MS[mode];
  while (isPostmaster(running.pid, dataDir)) {
    if (Date.now() > until) {
      if (mode === 'fast') return stopPostmaster(binaries, dataDir, 'immediate');
      process.kill(running.pid, 'SIGKILL');
      return;
    }
    await sleep(5);
  }
}
