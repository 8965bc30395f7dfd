import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isPlinthError, PlinthError, PostgresNotReadyError } from '../errors.js';
import { getBinaries } from './binaries.js';
import { readDataVersion } from './data-dir.js';
import { type EmbeddedOptions, type EmbeddedServer, type EmbeddedStatus, getServerUrl } from './embedded.js';
import { getReason } from './failure.js';
import { startPersistent } from './persistent.js';
import { readPostmaster, stopPostmaster } from './postmaster.js';
import { startScratch } from './scratch.js';

export type { EmbeddedOptions, EmbeddedServer, EmbeddedStatus } from './embedded.js';

/**
 * Starts a PostgreSQL of our own: without `dataDir` a scratch server on a unix socket, gone with this process;
 * with it one whose data stays. Throws SCRATCH_UNAVAILABLE or POSTGRES_NOT_READY with the server's own words.
 */
export function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  return withReasons(options.dataDir, options.signal, async () => {
    options.signal?.throwIfAborted();
    const binaries = await getBinaries();
    return options.dataDir === undefined
      ? startScratch(binaries, options)
      : startPersistent(binaries, resolve(options.dataDir), options);
  });
}

/** Stops the server of a folder, whoever started it, and waits for its end; false where none was running. */
export function stopEmbedded(dataDir: string): Promise<boolean> {
  return withReasons(dataDir, undefined, async () => {
    const path = await realpath(dataDir).catch(() => null);
    if (path === null || readPostmaster(path) === null) return false;
    await stopPostmaster(await getBinaries(), path, 'fast');
    return true;
  });
}

/** Tells what is there at a folder: nothing, a stopped server, or a running one. */
export function getEmbeddedStatus(dataDir: string): Promise<EmbeddedStatus> {
  return withReasons(dataDir, undefined, async () => {
    const path = await realpath(dataDir).catch(() => null);
    if (path === null || (await readDataVersion(path, await getBinaries())) === null)
      return { state: 'absent' };
    const running = readPostmaster(path);
    if (running === null) return { state: 'stopped' };
    const { pid, port, socketDir } = running;
    return { state: 'running', url: getServerUrl(running), pid, port, socketDir };
  });
}

/** Turns what went wrong into the error of the use: a scratch server, or a database that stays. */
async function withReasons<T>(
  dataDir: string | undefined,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const begun = Date.now();
  try {
    return await work();
  } catch (cause) {
    if (signal?.aborted) {
      // A deadline aborts with an error of its own.
      throw isPlinthError(signal.reason)
        ? signal.reason
        : new PlinthError('ABORTED', { phase: 'starting the embedded PostgreSQL' }, { cause });
    }
    const reason = getReason(cause);
    throw dataDir === undefined
      ? new PlinthError('SCRATCH_UNAVAILABLE', { reason }, { cause })
      : new PostgresNotReadyError(
          'POSTGRES_NOT_READY',
          { target: `the embedded server of ${dataDir}`, reason, waitedMs: Date.now() - begun },
          { cause },
        );
  }
}
