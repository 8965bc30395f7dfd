import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk for a tablespace, which the server's user owns. */
export interface SmallDisk {
  readonly dir: string;
  grow(megabytes: number): void;
  remove(): void;
}

/** Mounts a disk in memory; null where this user may not: only root may. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
  chmodSync(dir, 0o700);
  chownSync(dir, 65534, 65534);
  return {
    dir,
    grow: (to) => void execFileSync('mount', ['-o', `remount,size=${to}m`, dir]),
    remove: () => {
      execFileSync('umount', [dir]);
      rmSync(dir, { recursive: true });
    },
  };
}
