import { readFile } from 'node:fs/promises';
import { PlinthError } from '../errors.js';
import type { Observation } from '../model/observation.js';
import { writeWhole } from './cache.js';

export const LOCK_FILE = 'plinth.lock.json';
const FORMAT = 'plinth-lock/1';

/**
 * The observation in a lock file; null where there is no such file.
 *
 * @throws LOCK_FILE_INVALID where it is no lock file, or one of a newer format.
 */
export async function readLockFile(path: string): Promise<Observation | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    ) {
      return null;
    }
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: (error as Error).message }, { cause: error });
  }
  let lock: { format?: unknown; observation?: Observation } | null;
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch (cause) {
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: 'it is not JSON' }, { cause });
  }
  const observation = lock?.observation;
  if (lock?.format !== FORMAT || observation?.format !== 'plinth-observation/1') {
    const reason = `its format is ${JSON.stringify(lock?.format ?? null)}, this Plinth reads ${FORMAT}`;
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason });
  }
  const { statements, objects, tables, late } = observation;
  if (![statements, objects, tables, late].every(Array.isArray)) {
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: 'a part of it is missing' });
  }
  return observation;
}

/** Writes an observation with one line a statement and an object, so that a pull request shows what changed. */
export async function writeLockFile(path: string, observation: Observation): Promise<void> {
  const { statements, objects, tables, late, ...head } = observation;
  const lines = (items: readonly unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
  const fields = [
    ...Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    `"tables": ${lines(tables)}`,
    `"objects": ${lines(objects)}`,
    `"statements": ${lines(statements)}`,
    `"late": ${lines(late)}`,
  ];
  await writeWhole(path, `{"format": "${FORMAT}",\n"observation": {\n${fields.join(',\n')}\n}}\n`);
}
