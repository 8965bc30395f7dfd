import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { getFailureLines } from './data-dir.js';
import { EmbeddedFailure } from './failure.js';
import { type Postmaster, readPostmaster, stopPostmaster } from './postmaster.js';
import { type Outcome, runProgram } from './program.js';

const PATIENCE_S = 60;

/** How to start: `sole` where no other process can be starting a server of the same folder. */
export interface Launch {
  readonly log: string;
  readonly sole: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Starts the server of a data directory and waits until it accepts connections; throws where another one has it. */
export async function launch(
  binaries: Binaries,
  dataDir: string,
  { log, sole, signal }: Launch,
): Promise<Postmaster> {
  await rm(log, { force: true });
  let ended: Outcome | undefined;
  // pg_ctl gives the server a session of its own, and on Windows drops an administrator's rights.
  void runProgram(
    binaries.pgCtl,
    ['start', `--pgdata=${dataDir}`, `--log=${log}`, '--wait', `--timeout=${PATIENCE_S}`],
    binaries.runAs,
  ).then((outcome) => {
    ended = outcome;
  });
  for (;;) {
    const seen = ended;
    const running = readPostmaster(dataDir);
    // Only pg_ctl knows whether it is our server; but it looks no more than ten times a second.
    const isOurs = running !== null && (sole || seen?.code === 0);
    if (signal?.aborted && (isOurs || seen !== undefined)) {
      if (isOurs) await stopPostmaster(binaries, dataDir, 'immediate');
      signal.throwIfAborted();
    }
    if (isOurs && running.ready) return running;
    if (seen !== undefined && (seen.code !== 0 || running === null)) {
      const lines = await readFile(log, 'utf8').catch(() => '');
      throw new EmbeddedFailure(`the server did not start: ${getFailureLines(lines || seen.output)}`);
    }
    await sleep(5);
  }
}

/** Waits for a server that another process is starting. */
export async function waitUntilReady(dataDir: string, signal?: AbortSignal): Promise<Postmaster> {
  const until = Date.now() + PATIENCE_S * 1000;
  while (Date.now() < until) {
    const running = readPostmaster(dataDir);
    if (running === null) throw new EmbeddedFailure(`the server of ${dataDir} ended while it was starting`);
    if (running.ready) return running;
    await sleep(20, undefined, signal === undefined ? {} : { signal });
  }
  throw new EmbeddedFailure(`the server of ${dataDir} was not ready within ${PATIENCE_S} s`);
}

/** A port of 127.0.0.1 that nobody listens on: `wanted` where it is free, else null; 0 lets the system choose. */
export function findFreePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
