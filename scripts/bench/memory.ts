import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

// Linux's file system in memory; in a container it is often too small.
const MEMORY = '/dev/shm';
const LEAST_BYTES = 4 * 2 ** 30;
// https://man7.org/linux/man-pages/man2/statfs.2.html
const TMPFS_MAGIC = 0x01021994;

/**
 * Puts the temporary files of this process and of those it starts into memory where there is room, unless TMPDIR says otherwise, and
 * tells where they are. A disk on which databases are made and dropped for minutes becomes slower by more than the tools differ.
 */
export function ensureTemporaryFolder(): string {
  process.env['TMPDIR'] ??= hasRoomInMemory() ? MEMORY : tmpdir();
  return tmpdir();
}

function hasRoomInMemory(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS_MAGIC && bavail * bsize >= LEAST_BYTES;
  } catch {
    return false;
  }
}
