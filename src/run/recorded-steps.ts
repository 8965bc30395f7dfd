import { PlinthError } from '../errors.js';
import type { History } from '../model/history.js';
import type { RecordedStep } from '../model/proof.js';
import { readLockFile } from '../observe/lock-file.js';
import { createRecordedStep } from '../sources/recorded-steps.js';
import { readText } from './files.js';

/**
 * SQL that stands for steps in code: from the given files, else from the lock file. A lock file that cannot be read is told
 * by whoever looks for the observation in it.
 *
 * @throws STEP_UNKNOWN, FILE_UNREADABLE
 */
export async function readRecordedSteps(
  { codeSteps }: Pick<History, 'codeSteps'>,
  files: Readonly<Record<string, string>>,
  lockFile: string | null,
): Promise<readonly RecordedStep[]> {
  const names = codeSteps.map(({ name }) => name);
  const unknown = Object.keys(files).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new PlinthError('STEP_UNKNOWN', { unknown, steps: names });
  if (names.length === 0) return [];
  const locked = lockFile === null ? null : await readLockFile(lockFile).catch(() => null);
  const kept = locked === null || locked === 'older' ? [] : (locked.steps ?? []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = files[name];
      if (file !== undefined) return createRecordedStep(name, await readText(file));
      return kept.find((step) => step.name === name);
    }),
  );
  return found.filter((step) => step !== undefined);
}
