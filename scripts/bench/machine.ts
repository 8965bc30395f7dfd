import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { runCommand } from '../cluster/commands.js';

/** What the figures of a run hang on. */
export function describeMachine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() || 'a processor without a name';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} × ${model}, ${memory} GiB, ${type()} ${release()}`;
}

/** The mean number of processes that ran in the last minute. */
export const readLoad = (): number => Math.round(loadavg()[0]! * 100) / 100;

/** Version and commit of the tree that was built, and whether it is changed. */
export function describePlinth(version: string): string {
  try {
    const commit = runCommand('git', ['rev-parse', '--short', 'HEAD']).trim();
    const changed = runCommand('git', ['status', '--porcelain', '--', 'src', 'package.json']).trim();
    return `${version} (${commit}${changed === '' ? '' : ', changed'})`;
  } catch {
    return version;
  }
}
