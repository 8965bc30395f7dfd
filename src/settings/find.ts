import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What the file is called. */
export const SETTINGS_NAME = 'plinth.json';

/** The file in the folder, or in the nearest above it; null where there is none. A link that leads nowhere is found, too. */
export function findSettings(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, SETTINGS_NAME);
    if (isThere(path)) return path;
    if (dirname(folder) === folder) return null;
  }
}

function isThere(path: string): boolean {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true || found?.isSymbolicLink() === true;
  } catch {
    // A folder above that may not be looked into.
    return false;
  }
}
