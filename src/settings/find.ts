import { lstatSync, type Stats } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';

/** What the file is called. */
export const SETTINGS_NAME = 'plinth.json';

/** The file in the folder, or in the nearest above it; null where there is none. A link that leads nowhere is found, too. */
export function findSettings(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, SETTINGS_NAME);
    const found = getEntry(path);
    if (found?.isFile() === true || found?.isSymbolicLink() === true) return path;
    if (dirname(folder) === folder) return null;
  }
}

/** What is at a path, be it a link; null where nothing is, or nothing can be seen. */
export function getEntry(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // A folder on the way may not be looked into.
    return null;
  }
}

/** The working directory; the root where it was removed meanwhile. */
export function getWorkingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return parse(process.execPath).root;
  }
}
