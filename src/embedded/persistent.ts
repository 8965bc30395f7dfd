import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { ensureDataDir, readLastPort, writeSettings } from './data-dir.js';
import { type EmbeddedOptions, type EmbeddedServer, getServerUrl } from './embedded.js';
import { guardExit } from './exit-guard.js';
import { EmbeddedFailure } from './failure.js';
import { findFreePort, launch, waitUntilReady } from './launch.js';
import {
  type Postmaster,
  readPostmaster,
  signalPostmaster,
  stopPostmaster,
  waitForReaping,
} from './postmaster.js';
import { SOCKET_PATH_LIMIT } from './scratch-folder.js';

const ATTEMPTS = 5;

/** Starts the server of a folder whose data stays, or connects to it where it runs already. */
export async function startPersistent(
  binaries: Binaries,
  folder: string,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  await ensureDataDir(binaries, folder, options.signal);
  const dataDir = await realpath(folder);
  const { running, found } = await ensureRunning(binaries, dataDir, options);
  const isOurs = !found && options.detached !== true;
  const release = isOurs ? guardExit(() => signalPostmaster(binaries, running.pid, 'fast')) : () => {};
  let stopping: Promise<void> | undefined;
  return {
    url: getServerUrl(running),
    socketDir: running.socketDir,
    port: running.port,
    dataDir,
    version: binaries.version,
    pid: running.pid,
    foundRunning: found,
    stop: () => {
      stopping ??= found ? Promise.resolve() : stopPostmaster(binaries, dataDir, 'fast').finally(release);
      return stopping;
    },
  };
}

async function ensureRunning(
  binaries: Binaries,
  dataDir: string,
  options: EmbeddedOptions,
): Promise<{ running: Postmaster; found: boolean }> {
  const { signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    if (readPostmaster(dataDir) !== null) {
      return { running: await waitUntilReady(dataDir, signal), found: true };
    }
    await waitForReaping(dataDir);
    const port = options.port ?? (await choosePort(dataDir, attempt));
    await writeSettings(dataDir, { ...getPlace(dataDir, port), ...options.settings });
    try {
      const log = join(dataDir, 'server.log');
      return { running: await launch(binaries, dataDir, { log, sole: false, signal }), found: false };
    } catch (error) {
      signal?.throwIfAborted();
      // Another process was faster: with this very folder, or with the port.
      if (readPostmaster(dataDir) !== null) continue;
      const isPortLost = typeof port === 'number' && (await findFreePort(port)) === null;
      if (attempt === ATTEMPTS || options.port !== undefined || !isPortLost) throw error;
    }
  }
}

/** The port of the last time where it is still free, else one that the system chooses. */
async function choosePort(dataDir: string, attempt: number): Promise<number> {
  const last = attempt === 1 ? await readLastPort(dataDir) : null;
  const port = (last === null ? null : await findFreePort(last)) ?? (await findFreePort(0));
  if (port === null) throw new EmbeddedFailure('no free port on 127.0.0.1');
  return port;
}

function getPlace(dataDir: string, port: number | 'none'): Record<string, string> {
  const longest = Buffer.byteLength(join(dataDir, '.s.PGSQL.65535'));
  const hasSocket = process.platform !== 'win32' && longest <= SOCKET_PATH_LIMIT;
  if (port === 'none' && !hasSocket) {
    throw new EmbeddedFailure(
      `${dataDir} has no room for a unix socket (limit ${SOCKET_PATH_LIMIT} bytes); give a port`,
    );
  }
  return {
    listen_addresses: port === 'none' ? '' : '127.0.0.1',
    unix_socket_directories: hasSocket ? dataDir : '',
    port: port === 'none' ? '5432' : `${port}`,
  };
}
