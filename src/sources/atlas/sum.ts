import { createHash } from 'node:crypto';
import { PlinthError } from '../../errors.js';
import { getLines } from '../lines.js';
import type { FolderListing } from '../reader.js';
import type { ReadingDraft } from '../reading.js';

interface SummedFile {
  readonly name: string;
  /** SHA-256 (base64) over the names and contents of all files up to this one. */
  readonly hash: string;
}

/** What stands in `atlas.sum`. */
export interface AtlasSum {
  readonly total: string;
  readonly files: readonly SummedFile[];
}

const SUM = 'atlas.sum';
const ADVICE =
  'Atlas refuses this, too. Restore the files, or, if the change is meant: atlas migrate hash --dir file://DIR';

/** Reads `atlas.sum`: the sum of all, then a line for each file; gives what is wrong with it as text. */
export function parseAtlasSum(text: string): AtlasSum | string {
  const [first, ...lines] = getLines(text);
  const files: SummedFile[] = [];
  for (const line of lines) {
    const [, name, hash] = /^(.*?)\s*h1:(.*)$/.exec(line.text) ?? [];
    if (name === undefined || hash === undefined)
      return `line ${line.number}: neither a file nor its hash (h1:…)`;
    files.push({ name, hash });
  }
  return { total: (first?.text ?? '').replace(/^h1:/, ''), files };
}

/** Notes where the files are not those that `atlas.sum` was written for (Validate in sql/migrate/dir.go). */
export async function ensureAtlasSum(
  files: FolderListing,
  paths: readonly string[],
  reading: ReadingDraft,
): Promise<void> {
  if (!files.paths.includes(SUM)) {
    reading.reject(
      SUM,
      'is missing',
      'Atlas refuses this: write it with atlas migrate hash --dir file://DIR',
    );
    return;
  }
  const text = await reading.getText(SUM);
  if (text === null) return;
  const sum = parseAtlasSum(text);
  if (typeof sum === 'string') return reading.reject(SUM, sum, ADVICE);
  const problem =
    sum.total !== createTotal(sum.files)
      ? 'its first line does not fit the others: was it merged by hand?'
      : getDifference(sum.files, await readHashes(files, paths));
  if (problem !== null)
    reading.addProblem(new PlinthError('CHECKSUM_MISMATCH', { file: SUM, problem, advice: ADVICE }));
}

// NewHashFile: a file whose first line says atlas:sum ignore counts by its name only.
async function readHashes(files: FolderListing, paths: readonly string[]): Promise<SummedFile[]> {
  const hash = createHash('sha256');
  const hashes: SummedFile[] = [];
  for (const path of paths) {
    hash.update(path);
    if (/^[ -~]*atlas:sum +ignore$/.test((await files.peek(path)).split(/\r?\n/, 1)[0]!)) continue;
    hash.update(await files.getBytes(path).catch(() => new Uint8Array()));
    hashes.push({ name: path, hash: hash.copy().digest('base64') });
  }
  return hashes;
}

function createTotal(files: readonly SummedFile[]): string {
  const hash = createHash('sha256');
  for (const { name, hash: own } of files) hash.update(name).update(own);
  return hash.digest('base64');
}

/** Names all files that came or went; of the rest only the first that changed can be told, as each hash is about all before it. */
function getDifference(expected: readonly SummedFile[], actual: readonly SummedFile[]): string | null {
  const first = actual.findIndex(
    ({ name, hash }, i) => expected[i]?.name !== name || expected[i].hash !== hash,
  );
  if (first === -1 && actual.length === expected.length) return null;
  const isIn = (files: readonly SummedFile[], name: string): boolean =>
    files.some((file) => file.name === name);
  const added = actual.filter(({ name }) => !isIn(expected, name)).map(({ name }) => `${name} was added`);
  const removed = expected.filter(({ name }) => !isIn(actual, name)).map(({ name }) => `${name} is gone`);
  const changed = expected[first]?.name === actual[first]?.name ? [`${actual[first]!.name} was changed`] : [];
  const all = [...changed, ...added, ...removed];
  return all.length === 0 ? 'the files stand in another order' : all.join(', ');
}
