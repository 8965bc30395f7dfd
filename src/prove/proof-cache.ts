import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowPicture } from './rows.js';
import type { Problem } from './trial.js';

/** What is kept of a trial. */
export interface KeptOutcome {
  readonly problems: readonly Problem[];
  /** Of a whole history: what rows it leaves. */
  readonly rows?: readonly (readonly [string, RowPicture])[];
}

/** Outcomes of trials by their keys: what was proven once need not be proven again. */
export interface ProofCache {
  get(key: string): KeptOutcome | undefined;
  /** Keeps it at once, so that a run that is stopped has not worked for nothing. */
  add(key: string, outcome: KeptOutcome): Promise<void>;
}

export const PROOFS_FILE = 'proofs.jsonl';
const MAX_BYTES = 16 * 1024 * 1024;

/** The cache in a folder; null keeps it in memory only. A cache that cannot be read or written is no error. */
export async function openProofCache(dir: string | null): Promise<ProofCache> {
  const path = dir === null ? null : join(dir, PROOFS_FILE);
  const text = path === null ? '' : await readFile(path, 'utf8').catch(() => '');
  const known = new Map(text.split('\n').flatMap(parseLine));
  // Begun anew where it grew too large: what is known stays known for this run.
  if (path !== null && text.length > MAX_BYTES) await rm(path, { force: true });
  let isUnwritable = false;
  return {
    get: (key) => known.get(key),
    add: async (key, outcome) => {
      known.set(key, outcome);
      if (path === null || isUnwritable) return;
      const line = `${JSON.stringify([key, outcome])}\n`;
      try {
        await mkdir(dir!, { recursive: true });
        // A short line is appended as a whole, also while others do the same.
        await appendFile(path, line);
      } catch {
        isUnwritable = true;
      }
    },
  };
}

function parseLine(line: string): (readonly [string, KeptOutcome])[] {
  if (line === '') return [];
  try {
    const [key, outcome] = JSON.parse(line) as [string, KeptOutcome];
    return [[key, outcome]];
  } catch {
    // The end of a line that a killed process did not write.
    return [];
  }
}
