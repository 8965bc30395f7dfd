import { type Stats, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlinthError } from '../errors.js';
import { LOCK_FILE } from '../observe/lock-file.js';

/** `plinth.lock.json` in the folder (the first of several), or beside a single file. */
export function getLockFile([migrations]: readonly string[]): string {
  return join(isFile(migrations!) ? dirname(migrations!) : migrations!, LOCK_FILE);
}

function isFile(path: string): boolean {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch {
    // What is wrong with it is told by whoever reads it.
  }
  return found?.isDirectory() === false;
}

/** The text of a file that the user named. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new PlinthError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}
