import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './commands.js';
import { ClusterFailure } from './failure.js';

/**
 * Runs `work` while nobody else works on the folder's cluster; `onWait` is told when somebody does. The lock is held by
 * flock(1), which ends with us, be it by kill -9. Without that program (macOS) nobody is kept out: kind minds itself.
 */
export async function withClusterLock<T>(
  folder: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const flock = findProgram('flock');
  if (flock === null) return work();
  const path = join(folder, 'lock');
  // cat ends when our end of its stdin closes.
  const holder = spawn(flock, [path, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  holder.stdin.on('error', () => {});
  const ended = once(holder, 'exit');
  const waiting = setTimeout(onWait, 500);
  let held = false;
  holder.stdout.setEncoding('utf8');
  for await (const text of holder.stdout.iterator({ destroyOnReturn: false })) {
    held = String(text).includes('locked');
    if (held) break;
  }
  clearTimeout(waiting);
  try {
    if (!held) throw new ClusterFailure(`${path} cannot be locked`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
