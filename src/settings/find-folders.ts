import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPlinthError, PlinthError } from '../errors.js';
import type { Format } from '../model/history.js';
import { detectFormat } from '../sources/detect.js';
import type { Folder } from '../sources/folder.js';
import { createListing } from '../sources/folder-listing.js';

/** A folder that looks like a tool's migrations. */
export interface FoundFolder {
  /** Relative to where the search began, with `/`; `.` for that folder itself. */
  readonly folder: string;
  /** Null: it fits several, which read it differently. */
  readonly format: Format | null;
  readonly migrations: number;
}

interface Candidate extends FoundFolder {
  /** What it reads, relative to where the search began. */
  readonly files: ReadonlySet<string>;
}

// Hold copies and the work of others; hidden folders are passed over, too.
const NEVER_ENTERED = new Set(
  'node_modules vendor third_party dist build out target coverage venv __pycache__ bower_components'.split(
    ' ',
  ),
);
const MAX_DEPTH = 8;

/**
 * Every folder below `root` that is a tool's migrations, by the same signs as where one is read. Plain SQL counts
 * only where no tool's folder is found, and of a folder within a folder that which holds them all. Links are not followed.
 */
export async function findMigrationFolders(root: string, signal?: AbortSignal): Promise<FoundFolder[]> {
  const files = await listFiles(root, '', 0, signal);
  const found: Candidate[] = [];
  for (const folder of getFolders(files)) {
    ensureNotStopped(signal);
    const candidate = await readCandidate(root, folder, files);
    if (candidate !== null) found.push(candidate);
  }
  const tools = found.filter(({ format }) => format !== 'plain');
  const kept = tools.length > 0 ? tools : found.filter(({ folder }) => hasSql(files, folder));
  return kept
    .filter((one) => !kept.some((other) => other !== one && isBetter(other, one)))
    .map(({ folder, format, migrations }) => ({ folder, format, migrations }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

async function listFiles(
  root: string,
  prefix: string,
  depth: number,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  ensureNotStopped(signal);
  // What may not be looked into holds nothing for us.
  const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => prefix + name);
  for (const entry of entries) {
    const { name } = entry;
    if (!entry.isDirectory() || depth >= MAX_DEPTH || NEVER_ENTERED.has(name) || name.startsWith('.'))
      continue;
    files.push(...(await listFiles(root, `${prefix}${name}/`, depth + 1, signal)));
  }
  return files;
}

const isSql = (path: string): boolean => /\.sql$/i.test(path);
const getParent = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
const hasSql = (files: readonly string[], folder: string): boolean =>
  files.some((file) => isSql(file) && getParent(file) === folder);

/** The folders with SQL in them, and those above: some tools give each migration a folder. */
function getFolders(files: readonly string[]): string[] {
  const own = files.filter(isSql).map(getParent);
  return [...new Set([...own, ...own.map(getParent)])].sort();
}

/** What a folder holds itself and one level below: deeper, another project begins. */
function createFolder(root: string, folder: string, files: readonly string[]): Folder {
  const prefix = folder === '.' ? '' : `${folder}/`;
  const inside = files
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
    .filter((file) => file.split('/').length <= 2)
    .sort();
  return {
    location: folder,
    list: async () => inside,
    read: (file) => readFile(join(root, prefix + file)),
  };
}

async function readCandidate(
  root: string,
  folder: string,
  files: readonly string[],
): Promise<Candidate | null> {
  const listing = await createListing(createFolder(root, folder, files));
  try {
    const { format, reader } = await detectFormat(listing, {}, { looksBelow: false });
    const { migrations } = await reader.read(listing, {});
    if (migrations.length === 0) return null;
    const names = migrations.map(({ name }) => (folder === '.' ? name : `${folder}/${name}`));
    return { folder, format, migrations: migrations.length, files: new Set(names) };
  } catch (error) {
    if (!isPlinthError(error)) throw error;
    if (error.code !== 'FORMAT_AMBIGUOUS') return null;
    const sql = listing.candidates.filter(isSql).map((name) => (folder === '.' ? name : `${folder}/${name}`));
    return { folder, format: null, migrations: sql.length, files: new Set(sql) };
  }
}

/** Of two that share files, the one that reads more; of two that read the same, the inner one. */
function isBetter(one: Candidate, other: Candidate): boolean {
  if (![...one.files].some((file) => other.files.has(file))) return false;
  if (one.files.size !== other.files.size) return one.files.size > other.files.size;
  return one.folder.length > other.folder.length && other.folder !== one.folder;
}

function ensureNotStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PlinthError('ABORTED', { phase: 'looking for migrations' });
}
