import { PlinthError } from '../errors.js';
import { findFoldersBelow } from './below.js';
import { type Candidate, getCandidates } from './candidates.js';
import { getOtherTools } from './other-tools.js';
import type { FolderListing, Reading, ReadOptions } from './reader.js';

// Scores nearer to each other than this fit about equally.
const MARGIN = 15;

/**
 * The format of a folder. Of several that fit about equally the first is taken if all of them read the same
 * migrations; fails with FORMAT_AMBIGUOUS if they do not, or if it would read what a folder below has for itself,
 * and with FORMAT_UNKNOWN if none fits.
 */
export async function detectFormat(
  files: FolderListing,
  options: ReadOptions,
  { looksBelow = true } = {},
): Promise<Candidate> {
  const candidates = await getCandidates(files);
  const best = candidates[0];
  if (best === undefined) {
    const below = (await findFoldersBelow(files)).map(({ path, best: { format } }) => ({ path, format }));
    throw new PlinthError('FORMAT_UNKNOWN', { path: files.location, seen: await getSeen(files), below });
  }
  if (looksBelow && best.format === 'plain') await ensureNothingBelow(best, files, options);
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

/**
 * Plain SQL is read from all folders below: not where one of them is a tool's, unless that would run the very same, and
 * not where there are several.
 */
async function ensureNothingBelow(
  plain: Candidate,
  files: FolderListing,
  options: ReadOptions,
): Promise<void> {
  const below = await findFoldersBelow(files);
  const [first] = below;
  if (first === undefined) return;
  if (below.length === 1) {
    const inside = await first.best.reader.read(first.files, options);
    if (isSame(await plain.reader.read(files, options), inside)) return;
  }
  throw new PlinthError('FORMAT_AMBIGUOUS', {
    path: files.location,
    candidates: [
      { format: plain.format, evidence: plain.evidence },
      ...below.map(({ path, best }) => ({ format: best.format, folder: path, evidence: best.evidence })),
    ],
  });
}

/** True where two readings run the same, whatever they call it. */
function isSame(one: Reading, other: Reading): boolean {
  const getRuns = ({ migrations }: Reading) =>
    migrations.map(({ text, regions, transaction }) => [text, regions, transaction]);
  return JSON.stringify(getRuns(one)) === JSON.stringify(getRuns(other));
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
