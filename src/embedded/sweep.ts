import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { stopPostmaster } from './postmaster.js';
import { getScratchBases, isAbandoned, SCRATCH_NAME } from './scratch-folder.js';

/** Stops and removes the scratch servers whose owners died without doing so (`kill -9`). */
export async function sweepScratch(binaries: Binaries): Promise<void> {
  const owners = [process.getuid?.(), binaries.runAs?.uid];
  for (const base of await getScratchBases()) {
    for (const name of await readdir(base).catch(() => [])) {
      const pid = SCRATCH_NAME.exec(name)?.[1];
      if (pid === undefined) continue;
      const folder = join(base, name);
      const found = await lstat(folder).catch(() => null);
      // In /tmp anybody can make a folder of this name, or a link.
      if (!found?.isDirectory() || (process.getuid !== undefined && !owners.includes(found.uid))) continue;
      if (!(await isAbandoned(folder, Number(pid)))) continue;
      await stopPostmaster(binaries, join(folder, 'data'), 'immediate');
      await removeFolder(folder);
    }
  }
}

/** Removes a folder with all in it; leaves to the next sweep what cannot be removed. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }).catch(() => {});
}
