import { PlinthError } from '../errors.js';
import type { Format } from '../model/history.js';
import { getOtherTools } from './other-tools.js';
import type { FolderListing, Reader, Reading, ReadOptions } from './reader.js';
import { READERS } from './readers.js';

/** A format that fits a folder, and what speaks for it. */
export interface Candidate {
  readonly format: Format;
  readonly reader: Reader;
  /** 0 to 100. */
  readonly score: number;
  readonly evidence: readonly string[];
}

// Scores nearer to each other than this fit about equally.
const MARGIN = 15;
const LEAST_SCORE = 10;

/** Asks every reader; the best fit comes first. */
export async function getCandidates(files: FolderListing): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const reader of READERS) {
    const found = await reader.recognize(files);
    if (found !== null && found.score >= LEAST_SCORE)
      candidates.push({ format: reader.format, reader, ...found });
  }
  return candidates.sort((a, b) => b.score - a.score);
}

/**
 * The format of a folder. Of several that fit about equally the first is taken if all of them read the same
 * migrations; fails with FORMAT_AMBIGUOUS if they do not, and with FORMAT_UNKNOWN if none fits.
 */
export async function detectFormat(files: FolderListing, options: ReadOptions): Promise<Candidate> {
  const candidates = await getCandidates(files);
  const best = candidates[0];
  if (best === undefined) {
    throw new PlinthError('FORMAT_UNKNOWN', { path: files.location, seen: await getSeen(files) });
  }
  const rivals = candidates.filter(({ score }) => best.score - score < MARGIN);
  if (rivals.length > 1) {
    const readings = await Promise.all(rivals.map(({ reader }) => reader.read(files, options)));
    if (new Set(readings.map(getOutcome)).size > 1) {
      throw new PlinthError('FORMAT_AMBIGUOUS', {
        path: files.location,
        candidates: rivals.map(({ format, evidence }) => ({ format, evidence })),
      });
    }
  }
  return best;
}

// Transactions are left out: that is what a tool's own marks are about, and marks decide the rank.
function getOutcome({ migrations, problems, missing }: Reading): string {
  return JSON.stringify([
    migrations.map(({ id, name, regions, substitutions }) => [id, name, regions, substitutions]),
    problems.map(({ message }) => message),
    missing,
  ]);
}

/** What a folder holds, for those who wonder. */
export async function getSeen(files: FolderListing): Promise<string[]> {
  const counts = new Map<string, number>();
  for (const path of files.paths) {
    const extension = /[^/](\.[^./]+)$/.exec(path)?.[1] ?? 'unnamed';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return [
    ...(await getOtherTools(files)),
    ...kinds.map(([extension, count]) => `${count} ${extension} ${count === 1 ? 'file' : 'files'}`),
  ];
}
