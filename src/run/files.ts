import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlinthError } from '../errors.js';
import { LOCK_FILE } from '../observe/lock-file.js';

/** `plinth.lock.json` in the folder (the first of several), or beside a single file. */
export async function getLockFile([migrations]: readonly string[]): Promise<string> {
  const found = await stat(migrations!).catch(() => null);
  return join(found?.isDirectory() === false ? dirname(migrations!) : migrations!, LOCK_FILE);
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
