import { readFileSync, readlinkSync } from 'node:fs';

/** True where a process with this id runs, be it another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

/** What tells a running process from a later one with the same id, on Linux: its id space and when it began; else empty. */
export function getIdentity(pid: number): string {
  if (process.platform !== 'linux') return '';
  const fields = readFields(pid);
  if (fields.length === 0 || fields[0] === 'Z') return '';
  try {
    return `${readlinkSync('/proc/self/ns/pid')} ${fields[19]}`;
  } catch {
    return '';
  }
}

/** True for a process that has ended but was not reaped: a container's first process may never do that. */
export function isZombie(pid: number): boolean {
  return process.platform === 'linux' && readFields(pid)[0] === 'Z';
}

/** The fields of proc(5)'s `stat` from the third (the state) on; none where they cannot be read. */
function readFields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
