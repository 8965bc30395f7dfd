import { readFile } from 'node:fs/promises';
import { PlinthError } from '../errors.js';
import { OBSERVATION_FORMAT, type Observation } from '../model/observation.js';
import { writeWhole } from './cache.js';
import { parseObservation, renderObservation, type WrittenObservation } from './lock-text.js';

export const LOCK_FILE = 'plinth.lock.json';
const FORMAT = 'plinth-lock/1';

/**
 * The observation in a lock file; null where there is no such file, `older` where an older Plinth wrote it.
 *
 * @throws LOCK_FILE_INVALID where it is no lock file, or one of a newer format.
 */
export async function readLockFile(path: string): Promise<Observation | 'older' | null> {
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
  let lock: { format?: unknown; observation?: WrittenObservation } | null;
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch (cause) {
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: 'it is not JSON' }, { cause });
  }
  const observation = lock?.observation;
  const version = lock?.format === FORMAT ? getVersion(observation?.format) : null;
  if (version !== null && version < getVersion(OBSERVATION_FORMAT)!) return 'older';
  if (lock?.format !== FORMAT || observation?.format !== OBSERVATION_FORMAT) {
    const found = lock?.format === FORMAT ? observation?.format : lock?.format;
    const reads = lock?.format === FORMAT ? OBSERVATION_FORMAT : FORMAT;
    const reason = `its format is ${JSON.stringify(found ?? null)}, this Plinth reads ${reads}`;
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason });
  }
  const { statements, conditional, objects, tables, late, facts } = observation;
  if (![statements, conditional, objects, tables, late, facts].every(Array.isArray)) {
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: 'a part of it is missing' });
  }
  return parseObservation(observation);
}

/** Writes an observation, one line for each thing that can change by itself. */
export async function writeLockFile(path: string, observation: Observation): Promise<void> {
  await writeWhole(path, `{"format": "${FORMAT}",\n"observation": ${renderObservation(observation)}}\n`);
}

function getVersion(format: unknown): number | null {
  const found = typeof format === 'string' ? /^plinth-observation\/(\d+)$/.exec(format) : null;
  return found === null ? null : Number(found[1]);
}
