import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { PlinthError } from '../errors.js';

/** Writes a file beside its place and renames it: whatever happens, there is the old file or all of the new one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  // What is no file, such as /dev/null, cannot be replaced.
  const beside = found === null || found.isFile() ? `${path}.${process.pid}.tmp` : path;
  try {
    await writeFile(beside, text);
    if (beside !== path) await rename(beside, path);
  } catch (cause) {
    if (beside !== path) await rm(beside, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new PlinthError('FILE_UNWRITABLE', { path, reason }, { cause });
  }
}
