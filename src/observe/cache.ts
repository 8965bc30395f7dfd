import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, utimesSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OBSERVATION_FORMAT, type Observation } from '../model/observation.js';

/** An observation in the cache. */
export interface CacheEntry {
  readonly digest: string;
  readonly bytes: number;
  /** ISO time. */
  readonly usedAt: string;
  /** The folder that it was made from. */
  readonly location: string;
  readonly statements: number;
}

/** Of each kind that is kept. */
export const MAX_ENTRIES = 64;
const MAX_BYTES = 256 * 1024 * 1024;
const SUFFIX = '.observation.json';
// Also what a process left that was killed while it wrote.
const OWN_FILE = /(?:\.(?:observation\.json|statements\.json|key)(?:\.\d+\.[0-9a-f]+\.tmp)?|^proofs\.jsonl)$/;

interface Kept {
  readonly location: string;
  /** What also finds it when only comments changed. */
  readonly meaning: string;
  readonly observation: Observation;
}

/** What a kept observation is found by: the history's text, and what was around it. */
export function getObservationKey(digest: string, prelude: string | null, searchPath: string | null): string {
  if (prelude === null && searchPath === null) return digest;
  return createHash('sha256')
    .update(JSON.stringify([digest, prelude, searchPath]))
    .digest('hex');
}

/** A digest of a prelude's text. */
export function getPreludeDigest(prelude: string): string {
  return createHash('sha256').update(prelude.replaceAll('\r\n', '\n')).digest('hex').slice(0, 32);
}

/** A kept observation, or null; one that cannot be read counts as none. */
export async function readCached(dir: string, key: string): Promise<Observation | null> {
  const path = join(dir, key + SUFFIX);
  const kept = readKept(path);
  if (kept === null || kept.observation.digest !== key) return null;
  renewUse(path);
  return kept.observation;
}

/** Notes that a file of the cache was used just now, where that can be noted. */
export function renewUse(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Another process may have removed it meanwhile, or it is another user's.
  }
}

/** A kept observation of the same statements, whatever their comments and white space. */
export async function readCachedByMeaning(dir: string, meaning: string): Promise<Observation | null> {
  const key = readKey(join(dir, `${meaning}.key`));
  return key === null ? null : readCached(dir, key);
}

/**
 * Keeps an observation: written whole or not at all, so that other processes never see half of it. The least
 * recently used go when there are more than 64, or more than 256 MiB. A cache that cannot be written is no error.
 */
export async function writeCached(
  dir: string,
  observation: Observation,
  meaning: string,
  location: string,
): Promise<void> {
  const kept: Kept = { location, meaning, observation };
  try {
    await mkdir(dir, { recursive: true });
    await writeWhole(join(dir, observation.digest + SUFFIX), JSON.stringify(kept));
    await writeWhole(join(dir, `${meaning}.key`), observation.digest);
    await removeOldest(dir);
  } catch {
    // A read-only or full disk costs time at the next run, not this run.
  }
}

/** Everything that is kept, most recently used first. */
export async function readCacheEntries(dir: string): Promise<readonly CacheEntry[]> {
  const entries = await Promise.all(
    (await readFiles(dir, SUFFIX)).map(async ({ path, bytes, usedAt }): Promise<CacheEntry[]> => {
      const kept = readKept(path);
      if (kept === null) return [];
      const { digest, statements } = kept.observation;
      return [
        {
          digest,
          bytes,
          usedAt: usedAt.toISOString(),
          location: kept.location,
          statements: statements.length,
        },
      ];
    }),
  );
  return entries.flat();
}

/** Removes everything that is kept, and tells how many observations that were. */
export async function clearCacheDir(dir: string): Promise<number> {
  const files = await readdir(dir).catch(() => []);
  const own = files.filter((file) => OWN_FILE.test(file));
  await Promise.all(own.map((file) => rm(join(dir, file), { force: true })));
  return own.filter((file) => file.endsWith(SUFFIX)).length;
}

// Reads at once, as the first look by fs/promises takes 6 ms.
function readKept(path: string): Kept | null {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
    return kept.observation.format === OBSERVATION_FORMAT ? kept : null;
  } catch {
    return null;
  }
}

/** The key that a file holds which finds an observation by its meaning; null where there is none. */
function readKey(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** The files of one kind, most recently used first. */
export async function readFiles(
  dir: string,
  suffix: string,
): Promise<readonly { readonly path: string; readonly bytes: number; readonly usedAt: Date }[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(suffix));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      // Another process may have removed it meanwhile.
      const found = await stat(path).catch(() => null);
      return found === null ? [] : [{ path, bytes: found.size, usedAt: found.mtime }];
    }),
  );
  return files.flat().sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
}

async function removeOldest(dir: string): Promise<void> {
  let bytes = 0;
  for (const [index, file] of (await readFiles(dir, SUFFIX)).entries()) {
    bytes += file.bytes;
    if (index < MAX_ENTRIES && (bytes <= MAX_BYTES || index === 0)) continue;
    await removeEntry(dir, file.path);
  }
}

/** Removes an entry with what finds it by its meaning, unless that leads to another by now. */
async function removeEntry(dir: string, path: string): Promise<void> {
  const kept = readKept(path);
  const finder = kept === null ? null : join(dir, `${kept.meaning}.key`);
  if (finder !== null && readKey(finder) === kept?.observation.digest) await rm(finder, { force: true });
  await rm(path, { force: true });
}

/** Writes beside the file and renames: a reader sees the old text or the new one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
