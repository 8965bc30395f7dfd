import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PlinthError } from '../errors.js';

/** Where migrations are read from: the only way in which readers touch the world. */
export interface Folder {
  /** As the user named it. */
  readonly location: string;
  /** All files below, as relative paths with `/`, sorted bytewise. */
  list(): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** A file of that name in the folder around this one; null where there is none. Absent: nothing is around it. */
  readBeside?(name: string): Promise<Uint8Array | null>;
  /** The locations that it is made of. Absent: it is one. */
  readonly parts?: readonly FolderPart[];
}

/** A location among others. */
export interface FolderPart {
  readonly folder: Folder;
  /** What its paths begin with in the whole: its own path below the common parent, with `/` behind it where there is one. */
  readonly prefix: string;
}

// Everything is asked of the disk directly: through the thread pool, with a turn for each of open, stat, read and close, a small
// file takes five times as long.

// Neither can hold migrations, and both are large.
const NEVER_ENTERED = new Set(['node_modules', '.git']);

/** A folder on disk; a single `.sql` file counts as a folder with that one file in it, which may name others beside it. */
export function createDirectoryFolder(path: string): Folder {
  const location = path;
  let isFile = false;
  return {
    location,
    async list() {
      const found = getStat(location);
      if (found === null) throw new PlinthError('FOLDER_NOT_FOUND', { path: location });
      isFile = found.isFile();
      if (!isFile) return sortBytewise(listFiles(location, '', new Set()));
      if (/\.sql$/i.test(location)) return [basename(location)];
      throw new PlinthError('FILE_UNREADABLE', {
        path: location,
        reason: 'it is neither a folder nor a .sql file',
      });
    },
    async read(file) {
      const full = join(isFile ? dirname(location) : location, file);
      return withReadErrors(full, () => readFileSync(full));
    },
    readBeside: (name) => readOptional(join(dirname(resolve(location)), name)),
  };
}

/** A folder made of values: `{ 'V1__a.sql': 'CREATE TABLE a ()' }`. */
export function createMemoryFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  location = 'memory',
): Folder {
  return {
    location,
    list: async () => sortBytewise(Object.keys(files)),
    async read(path) {
      const content = Object.hasOwn(files, path) ? files[path] : undefined;
      if (content === undefined) throw new PlinthError('FILE_UNREADABLE', { path, reason: 'no such file' });
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

/** A file's content; null where there is no such file. */
export async function readOptional(path: string): Promise<Uint8Array | null> {
  return getStat(path)?.isFile() === true ? withReadErrors(path, () => readFileSync(path)) : null;
}

// Links are followed: Kubernetes mounts a ConfigMap as links to folders named `..data` and `..2026_11_27…`, which are not listed themselves.
function listFiles(folder: string, prefix: string, entered: Set<string>): string[] {
  const real = withReadErrors(folder, () => realpathSync.native(folder));
  if (entered.has(real)) return [];
  entered.add(real);
  const entries = withReadErrors(folder, () => readdirSync(folder, { withFileTypes: true }));
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    if (NEVER_ENTERED.has(name) || name.startsWith('..')) continue;
    const path = join(folder, name);
    const found = entry.isFile() || entry.isDirectory() ? entry : getStat(path);
    if (found?.isDirectory()) files.push(...listFiles(path, `${prefix}${name}/`, entered));
    // A link that leads nowhere is listed, so that reading it says so.
    else if (found === null || found.isFile()) files.push(prefix + name);
  }
  return files;
}

function getStat(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw new PlinthError('FILE_UNREADABLE', { path, reason: (error as Error).message }, { cause: error });
  }
}

function withReadErrors<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PlinthError('FILE_UNREADABLE', { path, reason: (error as Error).message }, { cause: error });
  }
}

function sortBytewise(paths: readonly string[]): string[] {
  const encoder = new TextEncoder();
  return paths
    .map((path) => ({ path, bytes: encoder.encode(path) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ path }) => path);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
