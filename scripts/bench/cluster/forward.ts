import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { getEnvironment } from '../processes.js';
import type { Place } from './place.js';

/** A `kubectl port-forward` that has told its port. */
export interface Forward {
  getUrl(database: string): string;
  stop(): Promise<void>;
}

/** The port is kubectl's choice, so that none is taken; its line with it is waited for. */
export async function startForward({ kubeconfig, namespace, user, password }: Place): Promise<Forward> {
  const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'port-forward', 'service/postgres', ':5432'];
  const kubectl = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'], env: getEnvironment() });
  const exited = once(kubectl, 'exit');
  const stop = async (): Promise<void> => {
    kubectl.kill();
    await exited;
  };
  try {
    const port = await readPort(kubectl);
    return {
      getUrl: (database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readPort(kubectl: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: kubectl.stdout! })) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('kubectl port-forward ended');
}

/** Runs something through a forward of its own; the milliseconds from before kubectl was started to the end of the work. */
export async function timeForward(
  place: Place,
  work: (getUrl: Forward['getUrl']) => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  const forward = await startForward(place);
  try {
    await work(forward.getUrl);
    return performance.now() - start;
  } finally {
    await forward.stop();
  }
}
