import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { createDataDir, writeSettings } from './data-dir.js';
import { type EmbeddedOptions, type EmbeddedServer, getServerUrl } from './embedded.js';
import { guardExit } from './exit-guard.js';
import { EmbeddedFailure } from './failure.js';
import { findFreePort, launch } from './launch.js';
import { readPostmaster, signalPostmaster, stopPostmaster } from './postmaster.js';
import { createScratchFolder } from './scratch-folder.js';
import { removeFolder, sweepScratch } from './sweep.js';

// The data need not outlive the process: nothing is ever written for safety's sake.
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  checkpoint_timeout: '1d',
  max_wal_size: '4GB',
  shared_buffers: '128MB',
  max_connections: '20',
  // A history with many partitions locks hundreds of relations at once.
  max_locks_per_transaction: '512',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  io_method: 'sync',
  // As the official image has it; what a history folds into a default must not depend on this machine.
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts a server whose data goes with it; sweeps up what killed processes left. */
export async function startScratch(binaries: Binaries, options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { signal } = options;
  const swept = sweepScratch(binaries);
  const folder = await createScratchFolder(binaries.runAs);
  const dataDir = join(folder, 'data');
  const release = guardExit(() => {
    const running = readPostmaster(dataDir);
    if (running !== null) signalPostmaster(binaries, running.pid, 'immediate');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
  });
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await stopPostmaster(binaries, dataDir, 'immediate');
    await removeFolder(folder);
    release();
  };
  try {
    await createDataDir(binaries, dataDir, signal);
    const place = await getPlace(folder, options.port);
    await writeSettings(dataDir, { ...SETTINGS, ...place, ...options.settings });
    const running = await launch(binaries, dataDir, { log: join(folder, 'log'), sole: true, signal });
    await swept;
    return {
      url: getServerUrl(running),
      socketDir: running.socketDir,
      port: running.port,
      dataDir,
      version: binaries.version,
      pid: running.pid,
      foundRunning: false,
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await stop();
    await swept.catch(() => {});
    throw error;
  }
}

/** Where it listens: on its socket only, but on Windows on a port. */
async function getPlace(
  folder: string,
  wanted: number | 'none' | undefined,
): Promise<Record<string, string>> {
  const isWindows = process.platform === 'win32';
  const port = wanted === undefined && isWindows ? await findFreePort(0) : (wanted ?? 'none');
  if (port === null) throw new EmbeddedFailure('no free port on 127.0.0.1');
  return {
    listen_addresses: port === 'none' ? '' : '127.0.0.1',
    unix_socket_directories: isWindows ? '' : folder,
    port: port === 'none' ? '5432' : `${port}`,
  };
}
