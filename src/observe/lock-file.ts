import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PlinthError } from '../errors.js';
import { OBSERVATION_FORMAT, type Observation } from '../model/observation.js';
import { writeWhole } from './cache.js';
import { parseObservation, renderObservation, type WrittenObservation } from './lock-text.js';

export const LOCK_FILE = 'plinth.lock.json';
const FORMAT = 'plinth-lock/2';

/**
 * The observation in a lock file; null where there is no such file, `older` where an older Plinth wrote it.
 *
 * @throws LOCK_FILE_INVALID where it is no lock file, LOCK_FILE_NEWER where it is one of a newer format, LOCK_FILE_EDITED where
 * its content is not what was written.
 */
export async function readLockFile(path: string): Promise<Observation | 'older' | null> {
  let text: string;
  try {
    // At once, as the first look by fs/promises takes 6 ms.
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    ) {
      return null;
    }
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason: (error as Error).message }, { cause: error });
  }
  let lock: { format?: unknown; checksum?: unknown; observation?: WrittenObservation } | null;
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch (cause) {
    // What git leaves of two branches that both wrote it.
    const isConflict = /^<{7} /m.test(text);
    const reason = isConflict ? 'it holds conflict markers of a merge' : 'it is not JSON';
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason }, { cause });
  }
  const age = getAge(path, lock?.format, lock?.observation?.format);
  if (age === 'older') return 'older';
  const observation = lock!.observation!;
  if (lock!.checksum !== getChecksum(observation)) throw new PlinthError('LOCK_FILE_EDITED', { path });
  return parseObservation(observation);
}

/**
 * Writes an observation, one line for each thing that can change by itself: whole, or not at all.
 *
 * @throws FILE_UNWRITABLE
 */
export async function writeLockFile(path: string, observation: Observation): Promise<void> {
  const text = renderObservation(observation);
  const checksum = getChecksum(JSON.parse(text));
  const whole = `{"format": "${FORMAT}",\n"checksum": "${checksum}",\n"observation": ${text}}\n`;
  await writeWhole(path, whole).catch((cause: Error) => {
    throw new PlinthError('FILE_UNWRITABLE', { path, reason: cause.message }, { cause });
  });
}

/** Over the values, so that white space and line ends do not count. */
function getChecksum(observation: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(observation)).digest('hex');
  return `sha256:${hash.slice(0, 32)}`;
}

/** Whether its formats are ours. */
function getAge(path: string, lock: unknown, observation: unknown): 'older' | 'same' {
  const first = compareFormat(lock, FORMAT);
  if (first !== null && first < 0) return 'older';
  const ages = [first, first !== null && first > 0 ? 0 : compareFormat(observation, OBSERVATION_FORMAT)];
  const strange = ages.indexOf(null);
  if (strange >= 0) {
    const [found, reads] = strange === 0 ? [lock, FORMAT] : [observation, OBSERVATION_FORMAT];
    const reason = `its format is ${JSON.stringify(found ?? null)}, this Plinth reads ${reads}`;
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason });
  }
  const newer = ages.findIndex((age) => age! > 0);
  if (newer >= 0) {
    const [format, reads] = newer === 0 ? [lock, FORMAT] : [observation, OBSERVATION_FORMAT];
    throw new PlinthError('LOCK_FILE_NEWER', { path, format: String(format), reads: reads! });
  }
  return ages.some((age) => age! < 0) ? 'older' : 'same';
}

/** Above 0 where it is newer than ours; null where it is something else. */
function compareFormat(format: unknown, own: string): number | null {
  const [kind, version] = own.split('/') as [string, string];
  const found = typeof format === 'string' ? /^([\w-]+)\/(\d+)$/.exec(format) : null;
  return found?.[1] === kind ? Number(found[2]) - Number(version) : null;
}
